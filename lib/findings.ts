import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VALIDATION_REPORT_FILE } from 'aws-cdk-lib/cx-api';

/** CDK's validation report: its own rules, those of every plugin, and warnings of constructs. */
interface Report {
  readonly pluginReports: readonly { readonly violations: readonly Violation[] }[];
}

interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly violatingConstructs: readonly { readonly constructPath?: string }[];
}

/**
 * The rules that an assembly breaks without an acknowledgement. CDK ignores mere warnings, even with `strict`; here each must be fixed or
 * acknowledged with its reason, so that new ones are noticed.
 *
 * @param assemblyDirectory - output of the synthesis
 * @returns one line per place: construct, rule, what is wrong
 */
export function findings(assemblyDirectory: string): string[] {
  const report: Report = JSON.parse(readFileSync(join(assemblyDirectory, VALIDATION_REPORT_FILE), 'utf8'));
  return report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, description, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath = 'The app' }) => `${constructPath}: ${ruleName}: ${description}`),
    ),
  );
}

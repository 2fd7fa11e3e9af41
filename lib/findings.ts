import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VALIDATION_REPORT_FILE } from 'aws-cdk-lib/cx-api';

/** What CDK writes about the templates it made: its own rules, those of every plugin, and warnings of constructs. */
interface Report {
  readonly pluginReports: readonly { readonly violations: readonly Violation[] }[];
}

interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly violatingConstructs: readonly { readonly constructPath?: string }[];
}

/**
 * The rules that an assembly breaks without an acknowledgement. CDK lets mere warnings pass, also with `strict`; here each
 * is fixed or acknowledged with its reason, so that a new one is seen.
 *
 * @param assemblyDirectory - where the app was synthesised to
 * @returns one line for each place: construct, rule, what is wrong
 */
export function findings(assemblyDirectory: string): string[] {
  const report: Report = JSON.parse(readFileSync(join(assemblyDirectory, VALIDATION_REPORT_FILE), 'utf8'));
  return report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, description, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath = 'The app' }) => `${constructPath}: ${ruleName}: ${description}`),
    ),
  );
}

import type { Command } from 'commander';
import { type DeployReport, deploy } from '../change/deploy.ts';
import { contextOf } from '../change/synthesis.ts';
import { EXIT } from '../exit-codes.ts';
import { runCommand } from '../program.ts';
import { findTarget } from '../target.ts';
import { print, SILENT, screenOn } from '../terminal.ts';
import { type CommonOptions, withCommonOptions } from './common.ts';

interface DeployOptions extends CommonOptions {
  readonly context: readonly string[];
  readonly check: boolean;
}

/** Adds `bin/quiltctl deploy`. */
export function addDeploy(command: Command): void {
  command
    .option('-c, --context <key=value>', 'as of the CDK CLI; may be given more than once', collect, [])
    .option('--check', 'look only, and change nothing', false);
  withCommonOptions(command, 'what was found, and the revision that was made').action(
    async (options: DeployOptions) => {
      process.exitCode = await runCommand(() => run(options), options);
    },
  );
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

async function run({ environment, context, check, json }: DeployOptions): Promise<number> {
  const target = findTarget(environment, contextOf(context));
  const screen = json ? SILENT : screenOn(process.stdout);
  const report = await deploy({ environment, target, checkOnly: check, json }, screen);
  const { exitCode, ...document } = report;
  print(json ? document : lastLine(report, check));
  return exitCode;
}

function lastLine({ deploy, exitCode, findings }: DeployReport, check: boolean): string {
  if (deploy !== null) return deploy.message;
  if (exitCode === EXIT.done) return check ? 'Nothing stands in the way of a deploy.' : 'Nothing was deployed.';
  const count = findings.filter(({ state }) => state === 'failed').length;
  return `Nothing was deployed: ${count === 1 ? 'one thing stands' : `${count} things stand`} in the way.`;
}

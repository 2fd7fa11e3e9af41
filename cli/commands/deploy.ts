import type { Command } from 'commander';
import { type DeployReport, deploy } from '../change/deploy.ts';
import { contextOf } from '../change/synthesis.ts';
import { EXIT } from '../exit-codes.ts';
import { findTarget } from '../target.ts';
import { print, SILENT, screenOn } from '../terminal.ts';
import { type CommonOptions, withAction } from './common.ts';

interface DeployOptions extends CommonOptions {
  readonly context: readonly string[];
  readonly check: boolean;
}

/** Adds `bin/quiltctl deploy`. */
export function addDeploy(command: Command): void {
  command
    .option('-c, --context <key=value>', 'CDK context value; repeatable', collect, [])
    .option('--check', 'run the checks only, and change nothing', false);
  withAction(command, 'the findings and the new revision', run);
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
  if (exitCode === EXIT.done) return check ? 'No check failed; you can deploy.' : 'Nothing was deployed.';
  const count = findings.filter(({ state }) => state === 'failed').length;
  return `Nothing was deployed: ${count === 1 ? 'one check' : `${count} checks`} failed.`;
}

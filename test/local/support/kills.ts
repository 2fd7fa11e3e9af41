import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { RevisionHistory } from '../../../cli/revisions/history.ts';
import type { RevisionSummary } from '../../../cli/revisions/summary.ts';
import { loadEnvironment } from '../../../config/load.ts';
import { stackName } from '../../../lib/names.ts';
import type { LocalEnvironment } from '../../../local/run/environment.ts';
import { offerRebuiltImage } from './fixture-images.ts';
import type { Operator } from './operator.ts';
import { until } from './until.ts';

const FIVE_MINUTES = 300_000;
/** More than any of these runs makes. */
const ALL = ['--last', '1000'] as const;

/** A command that was killed, and what came of it. */
export interface Kill {
  readonly command: 'deploy' | 'rollback';
  /** When: milliseconds after its start, or as soon as CloudFormation changes the services. */
  readonly after: number | 'change';
  /** What it left: no revision, one that was judged without it, or none because it had ended. */
  readonly left: 'nothing' | RevisionSummary['verdict'] | 'it had ended';
  readonly next: 'deploy' | 'rollback';
  /** The verdict of the revision that the next command made. */
  readonly nextVerdict: RevisionSummary['verdict'];
  /** What was lost or did not work; empty when everything is as it has to be. */
  readonly problems: readonly string[];
}

/** A deployed environment, and who changes it. */
export interface World {
  readonly environment: LocalEnvironment;
  readonly operator: Operator;
}

/**
 * Kills a deploy or a rollback at some moment, and lets the next command go on from what is left.
 *
 * @param round - makes the images of this round others than those of every other one
 */
export async function killOnce(
  world: World,
  round: number,
  { command, next, after }: Pick<Kill, 'command' | 'next' | 'after'>,
): Promise<Kill> {
  const { operator } = world;
  const before = await historyOf(operator);
  const running = operator.start(...argumentsOf(world, command, `killed-${round}`));
  const moment = after === 'change' ? changing(world.environment) : pause(after);
  // When the command ends before, nobody waits for the moment any more.
  moment.catch(() => undefined);
  const ended = await Promise.race([running.ended, moment]);
  running.kill();
  await running.ended;

  await settled(world.environment);
  const left = await historyOf(operator);
  const made = left.revisions.filter(({ number }) => number > (before.revisions[0]?.number ?? 0));
  const nextEnd = await operator.run(...argumentsOf(world, next, `next-${round}`));
  const last = await historyOf(operator);
  const problems = [
    ...lost(before, left),
    ...lost(left, last),
    ...(nextEnd.exitCode === 0
      ? []
      : [`bin/quiltctl ${next} ended with ${nextEnd.exitCode}: ${nextEnd.out}${nextEnd.err}`]),
    ...last.revisions.slice(1).flatMap((one) => (isClosed(one) ? [] : [`revision ${one.number} is ${one.verdict}`])),
    ...last.revisions.flatMap(({ number, template }) => (template ? [] : [`revision ${number} has no template`])),
    ...(await redChecks(world.environment)),
  ];
  return {
    command,
    after,
    left: ended === undefined ? (made[0]?.verdict ?? 'nothing') : 'it had ended',
    next,
    nextVerdict: last.revisions[0]?.verdict ?? 'open',
    problems,
  };
}

/** The arguments of a command; every edition is another image. */
export function argumentsOf({ environment }: World, command: Kill['command'], edition: string): readonly string[] {
  if (command === 'rollback') return ['rollback'];
  return ['deploy', '-c', `mcpImage=${offerRebuiltImage(environment.imageDirectory, 'mcp', edition)}`];
}

export function historyOf(operator: Operator): Promise<RevisionHistory> {
  return operator.ask<RevisionHistory>('history', ...ALL);
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined));
}

async function changing(environment: LocalEnvironment): Promise<undefined> {
  const stacks = new CloudFormationClient(environment.clientSettings);
  const StackName = stackName(loadEnvironment('local'), 'services');
  await until('the services are being changed', async () => {
    const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName }));
    return Stacks?.[0]?.StackStatus === 'UPDATE_IN_PROGRESS';
  });
  return undefined;
}

/** Waits until CloudFormation has ended what it was asked for, which it does whoever asked. */
function settled(environment: LocalEnvironment): Promise<boolean> {
  const stacks = new CloudFormationClient(environment.clientSettings);
  const config = loadEnvironment('local');
  const look = async () => {
    const parts = ['foundation', 'trust', 'services', 'operations'] as const;
    const found = await Promise.all(
      parts.map((part) => stacks.send(new DescribeStacksCommand({ StackName: stackName(config, part) }))),
    );
    return found.every(({ Stacks }) => !Stacks?.[0]?.StackStatus?.endsWith('_IN_PROGRESS'));
  };
  return until('no stack is being changed', look, FIVE_MINUTES);
}

/** Whether a deploy has an end that was written down. */
function isClosed({ verdict }: RevisionSummary): boolean {
  return verdict === 'good' || verdict === 'failed' || verdict === 'unverified';
}

/** Every revision stays, with its verdict and its template. */
function lost(before: RevisionHistory, after: RevisionHistory): readonly string[] {
  return before.revisions.flatMap((was) => {
    const is = after.revisions.find(({ number }) => number === was.number);
    if (is === undefined) return [`revision ${was.number} is gone`];
    if (isClosed(was) && is.verdict !== was.verdict)
      return [`revision ${was.number} was ${was.verdict} and is ${is.verdict}`];
    return was.template && is.template?.sha256 !== was.template.sha256
      ? [`revision ${was.number} lost its template`]
      : [];
  });
}

async function redChecks(environment: LocalEnvironment): Promise<readonly string[]> {
  const { checks } = await environment.canary();
  return checks.flatMap(({ name, verdict, reason }) => (verdict === 'fail' ? [`canary: ${name}: ${reason}`] : []));
}

/**
 * Proves that a deploy or a rollback may be killed at any moment: nothing that was recorded is lost, and the next command works.
 * Run it by hand: `npm run proof:kills [KILLS [SEED]]`.
 *
 * Deploys and rollbacks of the real command line are killed, with the CDK CLI and whatever else they have started, at random moments
 * from their start to their end. CloudFormation goes on by itself. Then another command runs to its end, which has to be good.
 * Exit code 1 when something was lost or did not work.
 */
import { table } from '../cli/format.ts';
import type { LocalEnvironment } from '../local/run/environment.ts';
import { Progress } from '../local/run/with-environment.ts';
import { Random } from '../test/lambda/rotation/model/random.ts';
import { argumentsOf, historyOf, type Kill, killOnce, type World } from '../test/local/support/kills.ts';
import { Operator } from '../test/local/support/operator.ts';
import { proveLocally } from './support/prove-locally.ts';

const KILLS = Number(process.argv[2] ?? 20);
const SEED = Number(process.argv[3] ?? 1);
const COMMANDS = ['deploy', 'rollback'] as const;

const progress = new Progress();
await proveLocally('kills', prove);

async function prove(local: LocalEnvironment, directory: string): Promise<boolean> {
  const operator = new Operator(directory);
  const world = { environment: local, operator };
  const random = new Random(SEED);
  const lengths = await progress.step('Deploying, and measuring a deploy and a rollback', async () => {
    await local.bootstrap();
    await local.deploy();
    return { deploy: await durationOf(world, 'deploy'), rollback: await durationOf(world, 'rollback') };
  });
  const kills: Kill[] = [];
  for (let round = 1; round <= KILLS; round += 1) {
    const command = random.pick(COMMANDS);
    const how = { command, next: random.pick(COMMANDS), after: random.below(lengths[command]) };
    const title = `Kill ${round} of ${KILLS}: ${command} after ${(how.after / 1000).toFixed(1)} s`;
    kills.push(await progress.step(title, () => killOnce(world, round, how)));
  }
  const { revisions } = await historyOf(operator);
  process.stdout.write(`\n${tableOf(kills)}\n\n`);
  const problems = kills.flatMap((kill) => kill.problems);
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.stdout.write(`${kills.length} kills, ${revisions.length} revisions, ${problems.length} problems\n`);
  return problems.length === 0;
}

/** Milliseconds that a command takes which nobody kills: one that is killed after them has ended. */
async function durationOf(world: World, command: Kill['command']): Promise<number> {
  const began = Date.now();
  const { exitCode, err } = await world.operator.run(...argumentsOf(world, command, 'measured'));
  if (exitCode !== 0) throw new Error(`bin/quiltctl ${command} ended with ${exitCode}:\n${err}`);
  return Date.now() - began;
}

function tableOf(kills: readonly Kill[]): string {
  return table([
    ['KILL', 'COMMAND', 'AFTER', 'LEFT', 'NEXT', 'ITS VERDICT', 'PROBLEMS'],
    ...kills.map(({ command, after, left, next, nextVerdict, problems }, index) => [
      String(index + 1),
      command,
      after === 'change' ? after : `${(after / 1000).toFixed(1)} s`,
      left,
      next,
      nextVerdict,
      String(problems.length),
    ]),
  ]);
}

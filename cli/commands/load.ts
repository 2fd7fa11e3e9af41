import type { Command } from 'commander';

type AddCommand = (program: Command) => void;

/** Each is loaded when it is asked for: together they bring so many AWS clients along that every one of them would begin late. */
const COMMANDS = new Map<string, () => Promise<AddCommand>>([
  ['canary', async () => (await import('./canary.ts')).addCanary],
  ['deploy', async () => (await import('./deploy.ts')).addDeploy],
  ['diff', async () => (await import('./diff.ts')).addDiff],
  ['history', async () => (await import('./history.ts')).addHistory],
  ['rollback', async () => (await import('./rollback.ts')).addRollback],
  ['rotate', async () => (await import('./rotate.ts')).addRotate],
  ['secret', async () => (await import('./secret.ts')).addSecret],
  ['show', async () => (await import('./show.ts')).addShow],
]);

/**
 * Adds the command that is asked for; all of them, in the order of the help, when none of them is.
 *
 * @param asked - the first argument of the program
 */
export async function addCommands(program: Command, asked: string | undefined): Promise<void> {
  const load = COMMANDS.get(asked ?? '');
  for (const each of load === undefined ? COMMANDS.values() : [load]) (await each())(program);
}

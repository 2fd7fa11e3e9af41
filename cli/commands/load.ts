import type { Command } from 'commander';

/** A command as the help lists it, and how to load the rest. */
interface Listed {
  /** Its name and arguments, as commander writes them. */
  readonly usage: string;
  /** What it does, in the imperative. */
  readonly summary: string;
  /** Loads what adds its options and its action. */
  readonly load: () => Promise<(command: Command, whole: () => Promise<Command>) => void>;
}

/** In the order of the help. Each is loaded on demand, because loading all AWS clients takes longer than a command. */
const COMMANDS: readonly Listed[] = [
  {
    usage: 'canary',
    summary: 'Check the deployed services now, or show the last reports',
    load: async () => (await import('./canary.ts')).addCanary,
  },
  {
    usage: 'deploy',
    summary: 'Check what a deployment relies on, then deploy all stacks with the CDK CLI',
    load: async () => (await import('./deploy.ts')).addDeploy,
  },
  {
    usage: 'diff <from> [to]',
    summary: 'Show what changed between two revisions',
    load: async () => (await import('./diff.ts')).addDiff,
  },
  {
    usage: 'history',
    summary: 'List the deployed revisions, newest first',
    load: async () => (await import('./history.ts')).addHistory,
  },
  {
    usage: 'lock',
    summary: 'Show who holds the deploy lock, or release a stale one',
    load: async () => (await import('./lock.ts')).addLock,
  },
  {
    usage: 'rollback [number]',
    summary: 'Redeploy an earlier revision as a new one; the secret does not change',
    load: async () => (await import('./rollback.ts')).addRollback,
  },
  {
    usage: 'rotate',
    summary: 'Replace the signing secret without refusing a request',
    load: async () => (await import('./rotate.ts')).addRotate,
  },
  {
    usage: 'secret',
    summary: "Show the signing secret's status (never its value)",
    load: async () => (await import('./secret.ts')).addSecret,
  },
  {
    usage: 'show <number>',
    summary: 'Show everything recorded about a revision',
    load: async () => (await import('./show.ts')).addShow,
  },
  {
    usage: 'cdk [arguments...]',
    summary: "Run the project's own CDK CLI",
    load: async () => (await import('./cdk.ts')).addCdk,
  },
  {
    usage: 'completion <shell>',
    summary: 'Print the completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).addCompletion,
  },
];

/**
 * Adds all commands: the requested one with its options and action, the others as the help lists them.
 *
 * @param asked - the first argument of the program
 */
export async function addCommands(program: Command, asked: string | undefined): Promise<void> {
  for (const listed of COMMANDS) {
    const { usage, summary } = listed;
    if (nameOf(listed) === asked) await addWhole(program, listed);
    else program.command(usage).description(summary);
  }
}

async function addWhole(program: Command, listed: Listed): Promise<void> {
  const add = await listed.load();
  add(program.command(nameOf(listed)).description(listed.summary), () => wholeOf(program));
}

/** The program with the options and arguments of every command. */
async function wholeOf(program: Command): Promise<Command> {
  const whole = program.createCommand(program.name());
  whole.copyInheritedSettings(program);
  for (const option of program.options) whole.addOption(option);
  for (const listed of COMMANDS) await addWhole(whole, listed);
  return whole;
}

function nameOf({ usage }: Listed): string {
  return usage.split(' ', 1).join();
}

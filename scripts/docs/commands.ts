import type { Command } from 'commander';
import { addCommands } from '../../cli/commands/load.ts';
import { EXIT } from '../../cli/exit-codes.ts';
import { newProgram } from '../../cli/program.ts';
import { table } from './markdown.ts';

/** Each exit code, for people who write scripts. */
const EXIT_CODES: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'done',
  unexpected: 'unexpected error',
  configuration: 'invalid arguments or configuration',
  refused: 'refused: by AWS, a lock, or a missing flag',
  unreachable: 'AWS or a service is unreachable',
  checkFailed: 'the check itself failed, such as a red canary',
  interrupted: 'stopped by Ctrl-C; what AWS has started continues',
};

export function exitCodes(): string {
  return table(
    ['exit code', 'meaning'],
    Object.entries(EXIT).map(([name, exitCode]) => [`${exitCode}`, EXIT_CODES[name as keyof typeof EXIT]]),
  );
}

/** The help of each command, as the terminal shows it. */
export async function commands(): Promise<string> {
  const listed = await programWith(undefined);
  const sections = [];
  for (const { name } of listed.commands.map((command) => ({ name: command.name() }))) {
    const loaded = (await programWith(name)).commands.find((command) => command.name() === name);
    if (loaded) sections.push(...sectionsOf(loaded));
  }
  return sections.join('\n\n');
}

/** The program with one command loaded, as it is when that command is run. */
async function programWith(name: string | undefined): Promise<Command> {
  const program = newProgram('bin/quiltctl', '')
    .enablePositionalOptions()
    .configureOutput({ getOutHelpWidth: () => 80 });
  await addCommands(program, name);
  return program;
}

/** A command, then its subcommands. */
function sectionsOf(command: Command): string[] {
  const names: string[] = [];
  for (let each: Command | null = command; each?.parent; each = each.parent) names.unshift(each.name());
  const help = command.helpInformation().trimEnd();
  return [
    `### ${names.join(' ')}\n\n\`\`\`text\n${help}\n\`\`\``,
    ...command.commands.filter((each) => each.name() !== 'help').flatMap(sectionsOf),
  ];
}

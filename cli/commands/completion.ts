import { Argument, type Command, type Option } from 'commander';
import { ENVIRONMENT_NAMES } from '../../config/load.ts';
import { print } from '../terminal.ts';

/** The shells that a completion script can be written for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const HOW = `
For the current session:
  bash  source <(bin/quiltctl completion bash)
  zsh   source <(bin/quiltctl completion zsh)
  fish  bin/quiltctl completion fish | source`;

/**
 * Adds `bin/quiltctl completion`.
 *
 * @param whole - the program with the options of all commands
 */
export function addCompletion(command: Command, whole: () => Promise<Command>): void {
  command
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', HOW)
    .action(async (shell: Shell) => {
      print(completionScript(shell, await whole(), { '--environment': ENVIRONMENT_NAMES }));
    });
}

interface Word {
  readonly name: string;
  readonly description: string;
}

/** A command, and what may follow it. */
interface Place {
  /** As in `secret status`; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly Word[];
  /** What its first argument may be, where that is a list. */
  readonly choices: readonly string[];
  readonly options: readonly (Word & { readonly takesValue: boolean; readonly values: readonly string[] })[];
}

/**
 * The completion script of a program. It is self-contained: pressing Tab starts no process.
 *
 * @param program - with the options of all of its commands
 * @param values - what the value of an option may be, by its long flag
 */
export function completionScript(
  shell: Shell,
  program: Command,
  values: Readonly<Record<string, readonly string[]>>,
): string {
  const name = program.name().split('/').at(-1) ?? program.name();
  const places = placesOf(program, '', values);
  return { bash, zsh, fish }[shell](name, places);
}

function placesOf(command: Command, path: string, values: Readonly<Record<string, readonly string[]>>): Place[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((each) => each.name() !== 'help');
  const here: Place = {
    path,
    commands: commands.map((each) => ({ name: each.name(), description: each.description() })),
    choices: command.registeredArguments[0]?.argChoices ?? [],
    options: help.visibleOptions(command).map((option: Option) => ({
      name: option.long ?? option.flags,
      description: option.description,
      takesValue: option.required || option.optional,
      values: option.argChoices ?? values[option.long ?? ''] ?? [],
    })),
  };
  return [here, ...commands.flatMap((each) => placesOf(each, `${path} ${each.name()}`.trim(), values))];
}

/** The patterns that recognise a command behind the one before, each as `<path before> <word>`. */
function stepsOf(places: readonly Place[]): string[] {
  return places.flatMap(({ path, commands }) => commands.map(({ name }) => quoted(`${path} ${name}`)));
}

function wordsOf({ commands, choices, options }: Place): readonly string[] {
  return [...commands.map(({ name }) => name), ...choices, ...options.map(({ name }) => name)];
}

/** Options that take a value, with the words that it may be; none where it may be anything. */
function valuesOf(places: readonly Place[]): { readonly at: string; readonly words: readonly string[] }[] {
  return places.flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ name, values }) => ({ at: `${path}:${name}`, words: values })),
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function bash(name: string, places: readonly Place[]): string {
  return `# bash completion for ${name}
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} place='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$place $word" in
      ${stepsOf(places).join(' | ')}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$place:$previous" in
${valuesOf(places)
  .map(({ at, words }) => `    ${quoted(at)}) words=${quoted(words.join(' '))} ;;`)
  .join('\n')}
    *) case "$place" in
${places.map((place) => `      ${quoted(place.path)}) words=${quoted(wordsOf(place).join(' '))} ;;`).join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _${name} ${name} bin/${name} ./bin/${name}`;
}

function zsh(name: string, places: readonly Place[]): string {
  const described = ({ name: word, description }: Word) => quoted(`${word}:${description.replaceAll(':', '\\:')}`);
  return `#compdef ${name}
_${name}() {
  local place='' word
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$place $word" in
      (${stepsOf(places).join('|')}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$place:\${words[CURRENT-1]}" in
${valuesOf(places)
  .map(({ at, words }) => `    (${quoted(at)}) found=(${words.map(quoted).join(' ')}) ;;`)
  .join('\n')}
    (*) case "$place" in
${places
  .map((place) => {
    const words = [...place.commands, ...place.choices.map((choice) => ({ name: choice, description: choice }))];
    return `      (${quoted(place.path)}) found=(${[...words, ...place.options].map(described).join(' ')}) ;;`;
  })
  .join('\n')}
    esac ;;
  esac
  _describe ${quoted(name)} found
}
compdef _${name} ${name}`;
}

function fish(name: string, places: readonly Place[]): string {
  const steps = places.flatMap(({ path, commands }) =>
    commands.map(
      (each) => `            case ${quoted(`${path} ${each.name}`)}
                set place (string trim "$place $word")`,
    ),
  );
  const lines = places.flatMap(({ path, commands, choices, options }) => {
    const start = `complete -c ${name} -n ${quoted(`test "$(__${name}_place)" = "${path}"`)}`;
    return [
      ...commands.map((each) => `${start} -a ${each.name} -d ${quoted(each.description)}`),
      ...choices.map((choice) => `${start} -a ${choice}`),
      ...options.map((option) => {
        const value = option.takesValue
          ? ` -x${option.values.length > 0 ? ` -a ${quoted(option.values.join(' '))}` : ''}`
          : '';
        return `${start} -l ${option.name.replace(/^--/, '')}${value} -d ${quoted(option.description)}`;
      }),
    ];
  });
  return `# fish completion for ${name}
function __${name}_place
    set -l place ''
    for word in (commandline -opc)[2..]
        switch "$place $word"
${steps.join('\n')}
        end
    end
    echo $place
end
complete -c ${name} -f
${lines.join('\n')}`;
}

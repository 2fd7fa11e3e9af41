import { createInterface } from 'node:readline';
import { styleText } from 'node:util';
import { CommandError, EXIT } from './exit-codes.ts';

let printed = false;

/** Prints a text for people, or one JSON document. */
export function print(output: unknown): void {
  printed = true;
  const text = typeof output === 'string' ? coloured(output, process.stdout) : JSON.stringify(output, undefined, 2);
  process.stdout.write(`${text}\n`);
}

/** Whether this process has printed its result. */
export function hasPrinted(): boolean {
  return printed;
}

/** Where a long-running command shows its progress. */
export interface Screen {
  /** A permanent line. */
  line(text: string): void;
  /** The start of a step that may take more than two seconds: a status on a terminal, a line otherwise. */
  step(text: string): void;
  /** Replaces the current status; shown on a terminal only. */
  status(text: string): void;
}

type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY'> & { readonly columns?: number; hasColors?(): boolean };

const ERASE = '\r\u001b[K';

/** A screen for people. Only a terminal gets statuses, so that a log file has whole lines only. */
export function screenOn(stream: Stream): Screen {
  let shown = '';
  const erase = () => (shown === '' ? '' : ERASE);
  const line = (text: string) => {
    stream.write(`${erase()}${coloured(text, stream)}\n`);
    shown = '';
  };
  const status = (whole: string) => {
    // What runs over the end of the line could not be erased.
    const text = whole.slice(0, (stream.columns || whole.length + 1) - 1);
    if (!stream.isTTY || text === shown) return;
    stream.write(`${erase()}${text}`);
    shown = text;
  };
  return { line, status, step: stream.isTTY ? status : line };
}

/** A screen for machines, which read the document at the end. */
export const SILENT: Screen = { line: () => undefined, step: () => undefined, status: () => undefined };

type Style = Parameters<typeof styleText>[0];

/** What is highlighted: marks with their word, verdicts, and the headings of tables. */
const STYLES: readonly (readonly [RegExp, Style])[] = [
  [/✔(?: green)?|(?<=^Canary )green\b/gm, 'green'],
  [/✘(?: red)?|❌|(?<=^Canary )red\b/gm, 'red'],
  [/≈|(?<=^ *)–(?= )/gm, 'yellow'],
  [/(?<=^ {2,})[A-Z][A-Z ]*[A-Z]$/gm, 'bold'],
];

/**
 * Colours a text for a terminal; returns it unchanged for other streams, or when NO_COLOR is set.
 *
 * Colour is added last, so that it never counts towards a width.
 */
export function coloured(text: string, stream: { hasColors?(): boolean }): string {
  // Asks for NO_COLOR and TERM too. https://nodejs.org/api/tty.html#writestreamhascolorscount-env
  if (!stream.hasColors?.()) return text;
  return STYLES.reduce(
    (sofar, [pattern, style]) => sofar.replace(pattern, (match) => styleText(style, match, { validateStream: false })),
    text,
  );
}

/**
 * Requires that somebody can confirm, before anything else is done.
 *
 * @param yes - whether `--yes` was given
 * @throws CommandError (2) when there is neither a terminal nor `--yes`
 */
export function requireSomebodyToAsk(yes: boolean): void {
  if (yes || (process.stdin.isTTY && process.stderr.isTTY)) return;
  throw new CommandError(
    'This needs confirmation, but there is no terminal to ask at. Add --yes to confirm.',
    EXIT.configuration,
  );
}

/**
 * Asks for a `yes`, on standard error because standard output may be a document.
 *
 * @throws CommandError (3) for any other answer
 */
export async function confirm(question: string): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await new Promise<string>((resolve) => {
    // Ctrl-C and Ctrl-D close it without an answer.
    terminal.once('close', () => resolve(''));
    terminal.question(`${question} Type yes to continue: `, resolve);
  });
  terminal.close();
  if (answer.trim().toLowerCase() === 'yes') return;
  throw new CommandError('Not confirmed; nothing was changed.', EXIT.refused);
}

/** npm forwards Ctrl-C to a process that received it from the terminal already: two in a row count as one. */
const SAME_MS = 1_000;

/** A signal that Ctrl-C aborts. Pressing Ctrl-C again ends the process. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  process.on('SIGINT', () => {
    if (controller.signal.aborted && Date.now() - first > SAME_MS) process.exit(EXIT.interrupted);
    if (!controller.signal.aborted) first = Date.now();
    controller.abort();
  });
  return controller.signal;
}

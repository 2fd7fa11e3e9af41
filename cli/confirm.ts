import { createInterface } from 'node:readline';
import { CommandError, EXIT } from './exit-codes.ts';

/**
 * Demands that somebody can be asked, before anything else is done.
 *
 * @param yes - whether `--yes` was given
 * @throws CommandError (2) when there is nobody at a terminal, and no `--yes`
 */
export function requireSomebodyToAsk(yes: boolean): void {
  if (yes || (process.stdin.isTTY && process.stderr.isTTY)) return;
  throw new CommandError(
    'This has to be confirmed, and there is no terminal to ask at: add --yes when you mean it.',
    EXIT.configuration,
  );
}

/**
 * Asks for a whole `yes`. On standard error, since standard output may be a document.
 *
 * @throws CommandError (3) for any other answer
 */
export async function confirm(question: string): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await new Promise<string>((resolve) => {
    // Ctrl-C and Ctrl-D close it without an answer.
    terminal.once('close', () => resolve(''));
    terminal.question(`${question} Type yes to go on: `, resolve);
  });
  terminal.close();
  if (answer.trim().toLowerCase() === 'yes') return;
  throw new CommandError('Not confirmed; nothing was changed.', EXIT.refused);
}

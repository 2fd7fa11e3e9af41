import { EXIT } from './exit-codes.ts';

/** npm hands Ctrl-C on to what it runs, which got it from the terminal already: two in a row are one. */
const SAME_MS = 1_000;

/** A signal that Ctrl-C sets. Pressed again, when that did not help, it ends the process. */
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

import { coloured } from './colour.ts';

/** Where a command that takes its time shows what happens. */
export interface Screen {
  /** A line that stays. */
  line(text: string): void;
  /** A step begins that may take more than two seconds: as a status on a terminal, else as a line. */
  step(text: string): void;
  /** What is true for the moment, in place of what was shown before; nothing where there is no terminal. */
  status(text: string): void;
}

type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY'> & { readonly columns?: number; hasColors?(): boolean };

const ERASE = '\r\u001b[K';

/** For people. Only a terminal gets what does not stay, so that a log file has whole lines only. */
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

/** For machines: what counts is the document at the end. */
export const SILENT: Screen = { line: () => undefined, step: () => undefined, status: () => undefined };

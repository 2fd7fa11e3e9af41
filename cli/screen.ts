/** Where a command that takes its time shows what happens. */
export interface Screen {
  /** A line that stays. */
  line(text: string): void;
  /** What is true for the moment, in place of what was shown before; nothing where there is no terminal. */
  status(text: string): void;
}

type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY'> & { readonly columns?: number };

const ERASE = '\r\u001b[K';

/** For people. Only a terminal gets what does not stay, so that a log file has whole lines only. */
export function screenOn(stream: Stream): Screen {
  let shown = '';
  const erase = () => (shown === '' ? '' : ERASE);
  return {
    line(text) {
      stream.write(`${erase()}${text}\n`);
      shown = '';
    },
    status(whole) {
      // What runs over the end of the line could not be erased.
      const text = whole.slice(0, (stream.columns || whole.length + 1) - 1);
      if (!stream.isTTY || text === shown) return;
      stream.write(`${erase()}${text}`);
      shown = text;
    },
  };
}

/** For machines: what counts is the document at the end. */
export const SILENT: Screen = { line: () => undefined, status: () => undefined };

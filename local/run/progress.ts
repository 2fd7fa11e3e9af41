import { coloured } from '../../cli/terminal.ts';

/** Says what goes on, on standard error, so that standard output is the result alone. */
export class Progress {
  private readonly write: (text: string) => void;

  constructor(write: (text: string) => void = (text) => process.stderr.write(coloured(text, process.stderr))) {
    this.write = write;
  }

  /** Runs one step: its title at once, its time when it is done. `work` may add lines of detail. */
  async step<T>(title: string, work: (detail: (line: string) => void) => Promise<T>): Promise<T> {
    const began = Date.now();
    this.write(`  ${title} …\n`);
    const result = await work((line) => this.write(`      ${line}\n`));
    this.write(`  ✔ ${title} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
    return result;
  }
}

import type { LogSink } from '../../../services/shared/logger.ts';

type Line = Readonly<Record<string, unknown>> & { readonly event?: string };

/** A sink that keeps what a service logs. */
export class LogCapture implements LogSink {
  text = '';

  write(line: string): void {
    this.text += line;
  }

  /** All lines; throws when one is not JSON. */
  get lines(): readonly Line[] {
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  ofEvent(event: string): readonly Line[] {
    return this.lines.filter((line) => line.event === event);
  }
}

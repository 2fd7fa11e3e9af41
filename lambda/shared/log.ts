/** The fields of a log line: flat, so that no object carries anything unexpected along. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | null>>;

/**
 * Writes one JSON line to standard output, which Lambda sends to its log group.
 *
 * Callers pass single fields, never an event, an error or a response: that keeps values, tokens and pre-signed URLs out of the logs.
 */
export function log(level: 'info' | 'error', message: string, fields: LogFields = {}): void {
  process.stdout.write(`${JSON.stringify({ level, message, ...fields })}\n`);
}

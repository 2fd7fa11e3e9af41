/** What a log line may hold: flat, so that nothing unexpected is carried along inside an object. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | null>>;

/**
 * Writes one JSON line to standard output, which Lambda hands to its log group.
 *
 * Callers pass the fields one by one and never an event, an error or a response: that is what keeps values, tokens and
 * pre-signed URLs out of the logs.
 */
export function log(level: 'info' | 'error', message: string, fields: LogFields = {}): void {
  process.stdout.write(`${JSON.stringify({ level, message, ...fields })}\n`);
}

import { type DestinationStream, destination, type Logger as PinoLogger, pino } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes one JSON object per line, each with an `event` from the code and never with a token or a secret. */
export type Logger = PinoLogger;
export type LogSink = DestinationStream;

/** Field names of credentials, redacted at any depth in case one is logged by mistake. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'token',
  'secret',
  'password',
  'MCP_ENHANCED_JWT_SECRET',
  'MCP_ENHANCED_JWT_KEYS',
  // Of the AWS SDK and of STS.
  'accessKeyId',
  'secretAccessKey',
  'sessionToken',
  'AccessKeyId',
  'SecretAccessKey',
  'SessionToken',
]);
const CENSOR = '[redacted]';
/** Text that looks like a JWT (RFC 7519): its header is a JSON object, so it starts with `eyJ`. */
const JWT_TEXT = /eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g;
/** A line that may contain a credential. Few do: this one test costs a tenth of pino's `redact`. */
const SUSPECT = new RegExp(`eyJ[\\w-]{8}|"(?:${[...CREDENTIALS].join('|')})":`);

function clean(line: string): string {
  if (!SUSPECT.test(line)) return line;
  const cleaned = JSON.stringify(JSON.parse(line, (name, value) => (CREDENTIALS.has(name) ? CENSOR : value)));
  return `${cleaned.replace(JWT_TEXT, CENSOR)}\n`;
}

/** The time of a line, formatted once per millisecond. */
let writtenAt = 0;
let written = '';
function timestamp(): string {
  const now = Date.now();
  if (now !== writtenAt) {
    writtenAt = now;
    written = `,"time":"${new Date(now).toISOString()}"`;
  }
  return written;
}

/**
 * @param options `service` names the service on each line; `sink` defaults to standard output, written synchronously so that
 *   the last line before an exit is not lost
 */
export function createLogger(options: {
  readonly service: string;
  readonly version: string;
  readonly level: LogLevel;
  readonly sink?: LogSink | undefined;
}): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service, version: options.version },
      messageKey: 'message',
      timestamp,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: clean },
    },
    options.sink ?? destination({ dest: 1, sync: true }),
  );
}

/** An error class or code: a word too short for a secret. */
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;
const FRAME = /^ {4}at .*:\d+:\d+\)?$/;
const MAX_FRAMES = 10;

/** The parts of an unexpected error that may be logged. */
type SafeError = { readonly name: string; readonly code?: string; readonly at: readonly string[] };

/**
 * Takes the class, code and origin of an unexpected error. Leaves out its message and other fields: they quote requests, and requests
 * contain credentials.
 */
export function safeError(error: unknown): SafeError {
  const { name, code, stack } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  const lines = String(stack ?? '').split('\n');
  return {
    name: isName(name) ? name : 'Error',
    ...(isName(code) && { code }),
    at: lines.filter((line) => FRAME.test(line)).slice(0, MAX_FRAMES),
  };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

import { type DestinationStream, destination, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One JSON object a line, each with an `event` from the code and never with a token or a secret. */
export type Logger = PinoLogger;
export type LogSink = DestinationStream;

/** Names under which a credential could be handed to the logger by mistake. */
const CREDENTIALS = [
  'authorization',
  'cookie',
  'token',
  'secret',
  'password',
  'MCP_ENHANCED_JWT_SECRET',
  'MCP_ENHANCED_JWT_KEYS',
];
const CENSOR = '[redacted]';
/** Anything that reads like a JWT (RFC 7519): its header is a JSON object, so it starts with `eyJ`. */
const JWT_TEXT = /eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g;

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
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: CREDENTIALS.flatMap((name) => [name, `*.${name}`]), censor: CENSOR },
      hooks: { streamWrite: (line) => line.replace(JWT_TEXT, CENSOR) },
    },
    options.sink ?? destination({ dest: 1, sync: true }),
  );
}

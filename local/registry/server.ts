import { startHttpServer } from '../../services/shared/http-server.ts';
import { createLogger, type LogSink } from '../../services/shared/logger.ts';
import { createCredentialsEndpoint, createGraphqlEndpoint, createLoginEndpoint } from './endpoints.ts';
import { createLoginTokens } from './login-tokens.ts';

/** A registry that listens. */
export type LocalRegistry = { readonly url: string; close(): Promise<void> };

/**
 * Starts a registry for one machine: the parts of a Quilt registry that this project asks, with three made-up people. Not for
 * any other use: it listens on loopback only, and everybody knows the passwords.
 *
 * @param options `port` 0 takes a free one; `buckets` are names separated by commas; `sink` takes its log, which is silent
 *   otherwise unless something fails
 * @throws StartError when the port is taken
 */
export async function startRegistry(
  options: { readonly port?: number; readonly buckets?: string | undefined; readonly sink?: LogSink } = {},
): Promise<LocalRegistry> {
  const tokens = createLoginTokens();
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: options.port ?? 0,
    headers: {},
    routes: new Map([
      ['/graphql', createGraphqlEndpoint(tokens, localBuckets(options.buckets))],
      ['/api/login', createLoginEndpoint(tokens)],
      ['/api/auth/get_credentials', createCredentialsEndpoint(tokens)],
    ]),
    logger: createLogger({ service: 'local-registry', version: 'local', level: 'warn', sink: options.sink }),
    stopGraceMs: 2_000,
  });
  return { url: server.url, close: server.stop };
}

const DEFAULT_BUCKETS = ['quilt-local-genomes', 'quilt-local-images', 'quilt-local-results'];

/**
 * The buckets that the local registry lists.
 *
 * @param list comma-separated names (`QUILT_LOCAL_BUCKETS`); a few made-up ones when there is none
 */
export function localBuckets(list: string | undefined): readonly string[] {
  const names = (list ?? '').split(',').map((name) => name.trim());
  const given = names.filter((name) => name !== '');
  return given.length > 0 ? given : DEFAULT_BUCKETS;
}

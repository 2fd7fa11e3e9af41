import { join } from 'node:path';
import { AUDIENCE, ISSUER } from '../../auth/claims.ts';
import { mcpEnvironment } from '../../test/services/support/running-services.ts';
import type { Trust } from '../../test/services/support/trust-fixture.ts';
import { PYTHON } from './prepare.ts';
import type { Command } from './server-process.ts';

export type Era = 'legacy' | 'modern';
export const ERAS: readonly Era[] = ['legacy', 'modern'];

/**
 * `floor` checks nothing and speaks no protocol; a `peer` is what its documentation makes of it; `tuned` is faster, by
 * our own hand; a `stateful` one needs the process that began a session for each of its calls.
 */
export type Kind = 'ours' | 'floor' | 'peer' | 'tuned' | 'stateful';

/** A server that is measured in one era. */
export type Subject = { readonly name: string; readonly kind: Kind; readonly era: Era; readonly start: Command };

/** The names under which our own service is measured. */
export const AS_PEERS = 'Quilt MCP, `LOG_LEVEL=warn`';
export const AS_DEPLOYED = 'Quilt MCP, as deployed';

/**
 * How our own service is started: the bundle with the echo tool, as its image starts it.
 *
 * @param flags for Node
 */
export function startService(
  trust: Trust,
  bundle: string,
  { logLevel, flags = [] }: { readonly logLevel: string; readonly flags?: readonly string[] },
): Command {
  const environment = mcpEnvironment(trust, { LOG_LEVEL: logLevel });
  return { command: [process.execPath, ...flags, bundle], environment, cwd: '/' };
}

/**
 * Everything that is measured. Each peer has the fastest configuration that its documentation offers: no sessions, JSON
 * answers, no log; and a verifier with its key imported once.
 */
export function allSubjects(trust: Trust, bundle: string): readonly Subject[] {
  const ours = (name: string, logLevel: string): Subject[] =>
    ERAS.map((era) => ({ name, kind: 'ours', era, start: startService(trust, bundle, { logLevel }) }));
  const theirs = (name: string, file: string, eras = ERAS, kind: Kind = 'peer'): Subject[] =>
    eras.map((era) => ({ name, kind, era, start: startPeer(trust, file, era) }));
  return [
    ...theirs('raw `node:http`, no token, no protocol', 'raw.mjs', ERAS, 'floor'),
    ...ours(AS_PEERS, 'warn'),
    ...ours(AS_DEPLOYED, 'info'),
    ...theirs('TypeScript SDK v2, Hono', 'v2-hono.mjs'),
    ...theirs('TypeScript SDK v2, Express', 'v2-express.mjs'),
    ...theirs('TypeScript SDK v1, Express', 'v1-express.mjs', ['legacy']),
    ...theirs('FastMCP (TypeScript)', 'fastmcp.mjs', ['legacy']),
    ...theirs('FastMCP (Python)', 'fastmcp_python.py'),
    ...theirs('TypeScript SDK v2, Hono, tuned by us', 'v2-hono-tuned.mjs', ERAS, 'tuned'),
    ...theirs('TypeScript SDK v2, Hono, tuned, with sessions', 'v2-hono-session.mjs', ['legacy'], 'stateful'),
  ];
}

function startPeer(trust: Trust, file: string, era: Era): Command {
  return {
    command: [file.endsWith('.py') ? PYTHON : process.execPath, join(import.meta.dirname, 'peers', file)],
    environment: {
      NODE_ENV: 'production',
      BENCH_SECRET: trust.secret,
      BENCH_ISSUER: ISSUER,
      BENCH_AUDIENCE: AUDIENCE,
      BENCH_ERA: era,
    },
  };
}

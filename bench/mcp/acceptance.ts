import { beginSession, isServed } from './requests.ts';
import type { Running } from './rounds.ts';
import { ServerProcess } from './server-process.ts';
import { badTokens, ONE_BYTE_SECRET, signAnew } from './tokens.ts';

/**
 * Shows a server each token of the bad-token list, and a secret of one byte.
 *
 * @returns the names of what it accepted
 */
export async function acceptedBadTokens(
  { server, subject }: Pick<Running, 'server' | 'subject'>,
  { token, secret }: { readonly token: string; readonly secret: string },
): Promise<readonly string[]> {
  const { port } = server;
  const { era } = subject;
  const session = era === 'legacy' ? await beginSession(port, token) : undefined;
  const accepted: string[] = [];
  for (const [name, bad] of badTokens(token, secret)) {
    if (await isServed({ port, era, token: bad }, session)) accepted.push(name);
  }
  if (await worksWithOneByte(subject.start, era, token)) accepted.push('a secret of one byte');
  return accepted;
}

/** Whether the server starts with such a secret, and then takes a token that is signed with it. */
async function worksWithOneByte(
  start: Running['subject']['start'],
  era: Running['subject']['era'],
  token: string,
): Promise<boolean> {
  const secrets = { BENCH_SECRET: ONE_BYTE_SECRET, MCP_ENHANCED_JWT_SECRET: ONE_BYTE_SECRET };
  const environment = { ...start.environment, ...secrets };
  const server = await ServerProcess.start({ ...start, environment }, []).catch(() => undefined);
  if (server === undefined) return false;
  try {
    const signed = signAnew(token, {}, ONE_BYTE_SECRET);
    const { port } = server;
    const session = era === 'legacy' ? await beginSession(port, signed) : undefined;
    return await isServed({ port, era, token: signed }, session);
  } finally {
    await server.stop();
  }
}

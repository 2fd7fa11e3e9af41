import { setTimeout as pause } from 'node:timers/promises';
import { Client, type FetchLike, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Era, Tally } from './tally.ts';
import { networkReason, type Wallet } from './wallet.ts';

const MODERN_REVISION = '2026-07-28';
/** A client that was refused tries again, but does not fill the count with one fault. */
const AFTER_REFUSAL_MS = 200;

export interface LoadClientOptions {
  readonly url: URL;
  readonly era: Exclude<Era, 'catalog'>;
  /** Whose tokens are in the wallet: every answer has to be theirs. */
  readonly person: string;
  readonly wallet: Wallet;
  readonly tally: Tally;
  /** Rest between two calls. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
}

/**
 * One assistant: the real MCP client of one era, which lists tools and calls them, over and over, until the signal fires. It
 * connects anew after an error.
 */
export async function runLoadClient(options: LoadClientOptions): Promise<void> {
  const { era, signal, tally, wallet } = options;
  while (!signal.aborted) {
    if (wallet.isEmpty) {
      await pause(AFTER_REFUSAL_MS);
      continue;
    }
    const refusedBefore = tally.refused;
    try {
      await callUntilAborted(options);
    } catch (error) {
      // What the transport saw is counted already.
      if (tally.refused === refusedBefore) tally.countRefusal({ era, status: 200, reason: networkReason(error) });
      await pause(AFTER_REFUSAL_MS);
    }
  }
}

async function callUntilAborted({
  url,
  era,
  person,
  wallet,
  tally,
  pauseMs,
  signal,
}: LoadClientOptions): Promise<void> {
  const mode = era === 'modern' ? { pin: MODERN_REVISION } : 'legacy';
  const client = new Client({ name: `load-${era}`, version: '1' }, { versionNegotiation: { mode } });
  const authProvider = { token: async () => wallet.take() };
  await client.connect(
    new StreamableHTTPClientTransport(url, { authProvider, fetch: countingFetch(era, wallet, tally) }),
  );
  try {
    for (let turn = 0; !signal.aborted && !wallet.isEmpty; turn += 1) {
      if (turn % 3 === 0) await client.listTools();
      else if (turn % 3 === 1) await callTool(client, 'discover_buckets');
      else requireIdentity(await callTool(client, 'jwt_diagnostics'), person);
      await pause(pauseMs);
    }
  } finally {
    await client.close();
  }
}

async function callTool(client: Client, name: string): Promise<unknown> {
  const result = await client.callTool({ name, arguments: {} });
  if (result.isError) throw new ToolError(name);
  return result.structuredContent;
}

function requireIdentity(claims: unknown, person: string): void {
  const sub = (claims as { readonly sub?: unknown } | undefined)?.sub;
  if (sub !== person) throw new ToolError('jwt_diagnostics, which answered for somebody else');
}

class ToolError extends Error {
  override readonly name = 'ToolError';
}

/** Counts each request with the token that it shows, and each answer that is no success. */
function countingFetch(era: Era, wallet: Wallet, tally: Tally): FetchLike {
  return async (url, init) => {
    const shown = wallet.describe(new Headers(init?.headers).get('authorization')?.replace('Bearer ', '') ?? '');
    tally.countRequest(era, shown);
    try {
      const answer = await fetch(url, init);
      // This service offers no stream of a session, and says so.
      const isOffer = init?.method === 'GET' && answer.status === 405;
      if (!answer.ok && !isOffer) {
        tally.countRefusal({ era, status: answer.status, reason: await reasonOf(answer.clone()), ...shown });
      }
      return answer;
    } catch (error) {
      // A client that is closed gives up by itself what it was still asking.
      if (!init?.signal?.aborted) tally.countRefusal({ era, status: 0, reason: networkReason(error), ...shown });
      throw error;
    }
  };
}

/** The reason code of a refusal, or the beginning of what a proxy said. */
async function reasonOf(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    const body = JSON.parse(text);
    return String(body.error?.data?.reason ?? body.error?.message ?? body.error ?? body.message);
  } catch {
    return text.slice(0, 80).trim();
  }
}

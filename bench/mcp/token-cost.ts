/**
 * Measures what authentication alone costs, in CPU microseconds a token: one that this task verified before, and a new
 * one. Run by main.ts, bundled, under each Node; prints one JSON document.
 */
import { importVerificationKeys } from '../../auth/keys.ts';
import { createAuthenticator } from '../../services/mcp/authenticator.ts';
import { makeTrust } from '../../test/services/support/trust-fixture.ts';
import { median } from './figures.ts';
import { MANY_BUCKETS, mintFor, signAnew, USUAL_BUCKETS } from './tokens.ts';

export type TokenCost = { readonly bytes: number; readonly known: number; readonly fresh: number };

const ROUNDS = 5;
/** As many callers take turns. */
const TOKENS = 1_000;
const KNOWN_REPEATS = 50;

const trust = await makeTrust();
const keys = await importVerificationKeys(trust.keySet);

/** CPU time of all threads, since the key may be used on another one. */
async function cpuMicroseconds(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function costOf(buckets: number): Promise<TokenCost> {
  const sample = await mintFor(trust, 'alice', buckets);
  const authenticate = createAuthenticator({ keys, leewaySeconds: 5 });
  const figures = { known: [] as number[], fresh: [] as number[] };
  const authenticateAll = async (tokens: readonly string[]) => {
    for (const token of tokens) await authenticate(token);
  };
  // The first two rounds are for the compiler.
  for (let round = -2; round < ROUNDS; round += 1) {
    const tokens = Array.from({ length: TOKENS }, (_, each) => {
      const name = `caller-${round + 2}-${each}`;
      return signAnew(sample, { sub: name, jti: name }, trust.secret);
    });
    const fresh = await cpuMicroseconds(() => authenticateAll(tokens));
    const known = await cpuMicroseconds(async () => {
      for (let repeat = 0; repeat < KNOWN_REPEATS; repeat += 1) await authenticateAll(tokens);
    });
    if (round < 0) continue;
    figures.fresh.push(fresh / TOKENS);
    figures.known.push(known / TOKENS / KNOWN_REPEATS);
  }
  return { bytes: sample.length, known: median(figures.known), fresh: median(figures.fresh) };
}

process.stdout.write(JSON.stringify([await costOf(USUAL_BUCKETS), await costOf(MANY_BUCKETS)]));

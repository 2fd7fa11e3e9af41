import type { LocalEnvironment } from '../../../local/run/environment.ts';
import { loginAs } from '../../services/support/registry-login.ts';
import { runLoadClient } from './load/client.ts';
import { type LoadReport, Tally } from './load/tally.ts';
import { Wallet } from './load/wallet.ts';

export type { LoadReport } from './load/tally.ts';

const PEOPLE = ['alice', 'bob'] as const;

export interface LoadOptions {
  /** How many clients; half of them speak the modern era of the protocol, half the legacy one. */
  readonly clients?: number;
  /** How often each client fetches a new token. */
  readonly renewMs?: number;
  /** How long each client rests between two calls. */
  readonly pauseMs?: number;
}

export interface Load {
  /** The counts until now. */
  report(): LoadReport;
  /** Lets every client finish its call, and returns the counts. */
  stop(): Promise<LoadReport>;
}

/**
 * Puts load on a deployed environment, through its front proxy: people who sign in, clients that renew their tokens and use each
 * of them until shortly before it expires. A token that has expired is never shown, so that every refusal is one too many.
 *
 * Returns once every client has its first token.
 */
export async function startLoad(
  { publicUrl, registryUrl }: Pick<LocalEnvironment, 'publicUrl' | 'registryUrl'>,
  { clients = 8, renewMs = 3_000, pauseMs = 0 }: LoadOptions = {},
): Promise<Load> {
  const tally = new Tally();
  const stopping = new AbortController();
  const { signal } = stopping;
  const logins = await Promise.all(PEOPLE.map((person) => loginAs(registryUrl, person)));
  const url = new URL(`${publicUrl}/mcp`);
  const running = await Promise.all(
    Array.from({ length: clients }, async (_, number) => {
      const who = Math.floor(number / 2) % PEOPLE.length;
      const [person, login] = [PEOPLE[who] ?? '', logins[who] ?? ''];
      const wallet = new Wallet({ publicUrl, login, renewMs, tally, signal });
      await wallet.renew();
      const era = number % 2 === 0 ? ('modern' as const) : ('legacy' as const);
      // Wrapped, so that it is not awaited here.
      return [wallet.keepFilled(), runLoadClient({ url, era, person, wallet, tally, pauseMs, signal })];
    }),
  );
  return {
    report: () => tally.report(),
    async stop() {
      stopping.abort();
      await Promise.all(running.flat());
      return tally.report();
    },
  };
}

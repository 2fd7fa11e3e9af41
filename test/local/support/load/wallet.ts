import { setTimeout as pause } from 'node:timers/promises';
import { jsonOf } from '../../../services/support/any-json.ts';
import type { Tally } from './tally.ts';

/** A token is shown until so shortly before its end: the request has to arrive while it still lives. */
const SPARE_MS = 1_000;

export interface WalletOptions {
  readonly publicUrl: string;
  /** What the person has from the registry. */
  readonly login: string;
  /** How often a new token is fetched. */
  readonly renewMs: number;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

interface Coin {
  readonly token: string;
  readonly keyId: string;
  readonly expiresAt: number;
}

/**
 * The tokens of one client. It fetches a new one every few seconds, as clients of many people do together, and shows in turn the
 * newest and the oldest one that lives: each token is used from its first second to its last.
 */
export class Wallet {
  private coins: Coin[] = [];
  private turn = 0;

  private readonly options: WalletOptions;

  constructor(options: WalletOptions) {
    this.options = options;
  }

  /** Renews until the signal fires. */
  async keepFilled(): Promise<void> {
    while (!this.options.signal.aborted) {
      await this.renew();
      await pause(this.options.renewMs, undefined, { signal: this.options.signal }).catch(() => {});
    }
  }

  /** Whether no token is left, because the catalog gave none. */
  get isEmpty(): boolean {
    const now = Date.now();
    this.coins = this.coins.filter(({ expiresAt }) => expiresAt - SPARE_MS > now);
    return this.coins.length === 0;
  }

  /** The token to show next. */
  take(): string | undefined {
    if (this.isEmpty) return undefined;
    this.turn += 1;
    return this.coins.at(this.turn % 2 === 0 ? 0 : -1)?.token;
  }

  /** What may be told of a token that was taken. */
  describe(token: string): { readonly keyId: string; readonly secondsLeft: number } | undefined {
    const coin = this.coins.find((one) => one.token === token);
    return coin && { keyId: coin.keyId, secondsLeft: Math.floor((coin.expiresAt - Date.now()) / 1000) };
  }

  /** Fetches one more token from the catalog. */
  async renew(): Promise<void> {
    const { publicUrl, login, tally } = this.options;
    tally.countRequest('catalog');
    try {
      const answer = await fetch(`${publicUrl}/api/auth/mcp_token`, {
        method: 'POST',
        headers: { authorization: `Bearer ${login}` },
      });
      const body = await jsonOf(answer);
      if (!answer.ok) {
        tally.countRefusal({ era: 'catalog', status: answer.status, reason: String(body.error ?? body.message) });
        return;
      }
      const coin: Coin = { token: body.token, keyId: body.key_id, expiresAt: body.expires_at * 1000 };
      tally.countToken(coin.keyId);
      this.coins.push(coin);
    } catch (error) {
      tally.countRefusal({ era: 'catalog', status: 0, reason: networkReason(error) });
    }
  }
}

/** What went wrong below HTTP: an error code where there is one, else the kind of error. */
export function networkReason(error: unknown): string {
  // Not by instanceof: a test runner has errors of two realms.
  const { cause, code, name } = Object(error);
  return String(cause?.code ?? code ?? name);
}

import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { AuthError } from '../../auth/errors.ts';
import { thumbprintOf } from '../../auth/key-id.ts';
import { type KeySet, parseKeySet, secretOfKey } from '../../auth/key-set.ts';
import { loadSigningKey, type SigningKey } from '../../auth/keys.ts';
import { type MintedToken, mintEnhancedToken } from '../../auth/mint-enhanced-token.ts';
import { normalizeSecret } from '../../auth/normalize-secret.ts';
import { errorName } from '../../contract/safe-error.ts';
import { CheckFailure } from './fault.ts';
import type { CanarySettings } from './settings.ts';

/** The content of the parameters, by whole thumbprints that are computed from the values, not taken from key IDs. */
export type TrustContent = {
  /** `undefined` for a secret with surrounding white space: tasks accept it, but this project never writes one. */
  readonly signing: string | undefined;
  /** The keys of the set with the key IDs that they have in it. */
  readonly keys: readonly { readonly thumbprint: string; readonly keyId: string }[];
};

/** The content of the parameters, as the tasks read it at their start. */
export type Trust = {
  readonly signingKey: SigningKey;
  /** For forged tokens, which `signingKey` cannot create. */
  readonly signingSecret: string;
  /** Every key of the set, ready to sign with. */
  readonly acceptedKeys: readonly SigningKey[];
  readonly content: TrustContent;
  /** Every text that must not appear in a report. */
  readonly secretTexts: readonly string[];
};

async function readParameters(ssm: SSMClient, names: readonly string[], abortSignal: AbortSignal) {
  try {
    const command = new GetParametersCommand({ Names: [...names], WithDecryption: true });
    const { Parameters = [] } = await ssm.send(command, { abortSignal });
    return new Map(Parameters.map(({ Name, Value }) => [Name, Value]));
  } catch (error) {
    throw new CheckFailure(
      'parameter-unreadable',
      `ssm:GetParameters failed with ${errorName(error)} for ${names.join(', ')}. Check the function's role and network.`,
    );
  }
}

async function checked<T>(name: string, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof AuthError) throw new CheckFailure('parameter-invalid', `${name}: ${error.message}`);
    throw error;
  }
}

async function contentOf({ keys }: KeySet, secret: string, written: string | undefined): Promise<TrustContent> {
  return {
    signing: written === secret ? await thumbprintOf(secret) : undefined,
    keys: await Promise.all(
      keys.map(async (key) => ({ thumbprint: await thumbprintOf(secretOfKey(key)), keyId: key.kid })),
    ),
  };
}

function secretTextsOf({ keys }: KeySet, secret: string): readonly string[] {
  return [secret, ...keys.flatMap((key) => [secretOfKey(key), key.k])];
}

/**
 * Reads both parameters and validates them by the rules of the services.
 *
 * @throws CheckFailure naming the parameter and its fault
 */
export async function readTrust(
  ssm: SSMClient,
  { secretParameter, keySetParameter }: CanarySettings,
  abortSignal: AbortSignal,
): Promise<Trust> {
  const values = await readParameters(ssm, [secretParameter, keySetParameter], abortSignal);
  const secret = await checked(secretParameter, () => normalizeSecret(values.get(secretParameter)));
  const keySet = await checked(keySetParameter, () => parseKeySet(values.get(keySetParameter)));
  return {
    signingKey: await checked(`${secretParameter}, ${keySetParameter}`, () => loadSigningKey(secret, keySet)),
    signingSecret: secret,
    acceptedKeys: await Promise.all(keySet.keys.map((key) => loadSigningKey(secretOfKey(key), keySet))),
    content: await contentOf(keySet, secret, values.get(secretParameter)),
    secretTexts: secretTextsOf(keySet, secret),
  };
}

/** Longer than a run of the canary, and of little use if it leaks. */
const LIFETIME_SECONDS = 300;

/** The tokens that must be accepted. */
export type CanaryTokens = {
  readonly first: MintedToken;
  /** Simulates a renewed token: the same user, another expiry. */
  readonly renewed: MintedToken;
  /** One of every other accepted key: the catalog signed with it before, or will. */
  readonly others: readonly MintedToken[];
};

/** Mints the canary's tokens: no permissions, and only the buckets from its configuration. */
export async function mintCanaryTokens(
  { signingKey, acceptedKeys }: Trust,
  buckets: readonly string[],
): Promise<CanaryTokens> {
  const authorization = { level: 'read', roles: ['canary'], permissions: [], buckets } as const;
  const mint = (lifetimeSeconds: number, key = signingKey) =>
    mintEnhancedToken({ signingKey: key, subject: 'canary', authorization, lifetimeSeconds });
  const otherKeys = acceptedKeys.filter(({ keyId }) => keyId !== signingKey.keyId);
  const [first, renewed, ...others] = await Promise.all([
    mint(LIFETIME_SECONDS),
    mint(2 * LIFETIME_SECONDS),
    ...otherKeys.map((key) => mint(LIFETIME_SECONDS, key)),
  ]);
  return { first, renewed, others };
}

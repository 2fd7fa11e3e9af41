import { AuthError } from '../../auth/errors.ts';
import { type KeySet, parseKeySet } from '../../auth/key-set.ts';
import { normalizeSecret } from '../../auth/normalize-secret.ts';
import { loadSigningKey, type SigningKey } from '../../auth/signing-key.ts';
import { importVerificationKeys, type VerificationKeys } from '../../auth/verification-keys.ts';
import { authSetting } from './auth-setting.ts';
import { MCP_ENHANCED_JWT_KEYS, MCP_ENHANCED_JWT_SECRET } from './environment.ts';
import { StartError } from './start-error.ts';

/** What a task signs with and what it accepts. */
export type Trust = { readonly signingKey: SigningKey; readonly verificationKeys: VerificationKeys };

/** The settings that {@link loadTrust} needs; one rule for every entrance, so the readers are those of `auth`. */
export const trustSettings = {
  signingSecret: authSetting(MCP_ENHANCED_JWT_SECRET, normalizeSecret),
  keySet: authSetting(MCP_ENHANCED_JWT_KEYS, parseKeySet),
};

/**
 * Imports the keys, once. Values are compared, not key IDs: a task whose secret is not in its set would sign tokens that
 * nobody accepts.
 *
 * @throws StartError when the signing secret is not in the key set
 */
export async function loadTrust(settings: { readonly signingSecret: string; readonly keySet: KeySet }): Promise<Trust> {
  try {
    const [signingKey, verificationKeys] = await Promise.all([
      loadSigningKey(settings.signingSecret, settings.keySet),
      importVerificationKeys(settings.keySet),
    ]);
    return { signingKey, verificationKeys };
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    throw new StartError([`${MCP_ENHANCED_JWT_SECRET}, ${MCP_ENHANCED_JWT_KEYS}: ${error.message}`]);
  }
}

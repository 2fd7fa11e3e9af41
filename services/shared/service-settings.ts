import { AuthError } from '../../auth/errors.ts';
import { type KeySet, parseKeySet } from '../../auth/key-set.ts';
import { importVerificationKeys, loadSigningKey, type SigningKey, type VerificationKeys } from '../../auth/keys.ts';
import { normalizeSecret } from '../../auth/normalize-secret.ts';
import {
  ECS_CONTAINER_METADATA_URI_V4,
  HOST,
  LOG_LEVEL,
  MCP_ENHANCED_JWT_KEYS,
  MCP_ENHANCED_JWT_SECRET,
  PORT,
  QUILT_VERSION,
} from '../../contract/service-variables.ts';
import { LOG_LEVELS } from './logger.ts';
import { oneOf, optionalText, type Setting, SettingError, StartError, text, wholeNumber } from './settings.ts';

/** A variable that a function of `auth` parses; its error messages contain nothing of the value. */
export function authSetting<T>(name: string, parse: (text: string | undefined) => T | Promise<T>): Setting<T> {
  const read = async (text: string | undefined): Promise<T> => {
    try {
      return await parse(text);
    } catch (error) {
      throw error instanceof AuthError ? new SettingError(error.message) : error;
    }
  };
  return { name, read };
}

/** The settings that {@link loadTrust} needs, parsed by `auth`, so that the rules are the same everywhere. */
const trustSettings = {
  signingSecret: authSetting(MCP_ENHANCED_JWT_SECRET, normalizeSecret),
  keySet: authSetting(MCP_ENHANCED_JWT_KEYS, parseKeySet),
};

/** The settings of every service. */
export const serviceSettings = {
  ...trustSettings,
  host: text(HOST, '0.0.0.0'),
  port: wholeNumber(PORT, { minimum: 0, maximum: 65_535, fallback: 8080 }),
  logLevel: oneOf(LOG_LEVEL, LOG_LEVELS, 'info'),
  version: text(QUILT_VERSION, 'dev'),
  metadataUri: optionalText(ECS_CONTAINER_METADATA_URI_V4),
};

/** The key that a task signs with and the keys that it accepts. */
type Trust = { readonly signingKey: SigningKey; readonly verificationKeys: VerificationKeys };

/**
 * Imports the keys, once. Compares values, not key IDs: a task whose secret is not in its set would sign tokens that no task
 * accepts.
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

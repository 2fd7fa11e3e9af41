import { AuthError } from '../../auth/errors.ts';
import { thumbprintOf } from '../../auth/key-id.ts';
import { normalizeSecret } from '../../auth/normalize-secret.ts';
import type { KeyName } from '../../contract/rotation.ts';
import type { Ports } from './ports.ts';

/** The value that a person left, trimmed and checked, or why it cannot be used. */
export type Incoming =
  | { readonly secret: string; readonly refusal?: undefined }
  | { readonly secret?: undefined; readonly refusal: string };

/**
 * Reads the next secret from where a person wrote it. Nothing is deleted here: a value that is refused stays for them to correct.
 *
 * @param current - the key that signs now, which the next one has to differ from
 */
export async function readIncoming(ports: Ports, name: string, current: KeyName): Promise<Incoming> {
  const value = await ports.parameters.readIncoming(name);
  if (value === undefined) {
    return { refusal: `Parameter ${name} is no SecureString, or does not exist. Write the next secret to it.` };
  }
  try {
    const secret = normalizeSecret(value);
    if ((await thumbprintOf(secret)) !== current.thumbprint) return { secret };
    return { refusal: `Parameter ${name} holds the secret that signs already. Write another one to it.` };
  } catch (error) {
    if (error instanceof AuthError) return { refusal: `Parameter ${name}: ${error.message}` };
    throw error;
  }
}

import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { AuthError } from '../../auth/errors.ts';
import { parseKeySet } from '../../auth/key-set.ts';
import { normalizeSecret } from '../../auth/normalize-secret.ts';
import { loadSigningKey } from '../../auth/signing-key.ts';
import { awsCall } from './aws-call.ts';
import type { Connections } from './connections.ts';
import { Refusal, type RefusalCode } from './refusal.ts';

/** The versions that tasks of this deploy start with; versions only, never a value. */
export type ParameterVersions = { readonly secret: number; readonly keySet: number };

const REMEDY =
  'Put the last good value back, or delete the parameter and deploy Foundation again, which makes it anew.';

async function checked<T>(code: RefusalCode, where: string, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof AuthError) throw new Refusal(code, `${where}: ${error.message} ${REMEDY}`);
    throw error;
  }
}

/**
 * Demands that both parameters hold what a task accepts at its start: a task with anything else exits at once.
 *
 * @returns the versions that were checked
 * @throws Refusal `parameter-missing`, `parameter-invalid` or `secret-not-in-set`, naming the parameter
 */
export async function requireValidParameters({ ssm, settings, abortSignal }: Connections): Promise<ParameterVersions> {
  const { secretParameter, keySetParameter } = settings;
  const command = new GetParametersCommand({ Names: [secretParameter, keySetParameter], WithDecryption: true });
  const { Parameters = [] } = await awsCall('ssm:GetParameters', ssm.send(command, { abortSignal }));
  const parameter = (name: string) => {
    const found = Parameters.find(({ Name }) => Name === name);
    if (found === undefined) {
      throw new Refusal(
        'parameter-missing',
        `Parameter ${name} does not exist. Deploy Foundation again, which makes it.`,
      );
    }
    if (found.Type !== 'SecureString') {
      throw new Refusal('parameter-invalid', `Parameter ${name} is no SecureString. ${REMEDY}`);
    }
    return found;
  };
  const [storedSecret, storedSet] = [parameter(secretParameter), parameter(keySetParameter)];
  const secret = await checked('parameter-invalid', secretParameter, () => normalizeSecret(storedSecret.Value));
  const keySet = await checked('parameter-invalid', keySetParameter, () => parseKeySet(storedSet.Value));
  await checked('secret-not-in-set', `${secretParameter}, ${keySetParameter}`, () => loadSigningKey(secret, keySet));
  return { secret: storedSecret.Version ?? 0, keySet: storedSet.Version ?? 0 };
}

import { errorName } from '../../../contract/safe-error.ts';

/**
 * What SSM and KMS say of a value under a key that is disabled, gone, or of others. Nothing else, such as throttling, is taken for it.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
 */
const UNDECRYPTABLE =
  /^(?:InvalidKeyId|AccessDenied|KMS|Disabled|KeyUnavailable|NotFound|IncorrectKey|InvalidCiphertext)/;

type WithValue = { readonly Value?: string | undefined };

/**
 * Decrypts values all at once, and one by one when something among them cannot be: it must not hide the others, and stands as an
 * empty value, which is none of ours. When nothing can be decrypted, it is our own permission that is gone, and nobody may
 * conclude anything from that.
 *
 * @param all - gets all of them, decrypted or not
 * @param one - gets one of them, decrypted
 * @throws what the SDK throws
 */
export async function decryptable<T extends WithValue>(
  all: (decrypt: boolean) => Promise<readonly T[]>,
  one: (described: T) => Promise<readonly WithValue[]>,
): Promise<readonly T[]> {
  try {
    return await all(true);
  } catch (error) {
    if (!isUndecryptable(error)) throw error;
  }
  const failures: unknown[] = [];
  const values: T[] = [];
  for (const described of await all(false)) {
    try {
      values.push({ ...described, Value: (await one(described))[0]?.Value ?? '' });
    } catch (error) {
      if (!isUndecryptable(error)) throw error;
      failures.push(error);
      values.push({ ...described, Value: '' });
    }
  }
  if (failures.length > 0 && failures.length === values.length) throw failures[0];
  return values;
}

function isUndecryptable(error: unknown): boolean {
  return UNDECRYPTABLE.test(errorName(error));
}

import { createHash } from 'node:crypto';
import { PUBLISHED_DIGESTS } from './published-list.ts';

/** SHA-256 (hex) of values from public source code, scripts or documentation; the values themselves are not included. */
const PUBLISHED_SHA256: ReadonlySet<string> = new Set([
  'f382ffec1d49713ea63c063a5a3e76ddc2822a4caa244c4e1b5675d8ce1a4145',
  '86bf381d5532ebf61a09025b749fff8e52418b0da1a5435ed916ce7ecfd98fca',
  'ad9bffbef7ef7a52ade534493255533df1fa36574d3637b20ec6c5cd2bbac9bf',
  '2d10cb2348259bc87b2df32efcaf19b9a63e000c2e95b46a408e137c0d006e7f',
]);

/**
 * Whether a value was ever published as a signing secret, so that anyone could sign with it.
 *
 * @param value - the value without surrounding white space
 * @param published - SHA-256 digests (lower-case hex) of the published values
 */
export function isPublishedSecret(value: string, published: ReadonlySet<string> = PUBLISHED_SHA256): boolean {
  return published.has(createHash('sha256').update(value, 'utf8').digest('hex'));
}

const DIGEST_BYTES = 8;
let digests: ReadonlySet<bigint> | undefined;

/**
 * Whether a value is in the public lists of JWT secrets (sources in `published-list.ts`), which omit values that `normalizeSecret`
 * refuses. Of random values, it mistakes less than one in 10^15 for a published one: 2,000 digests of 64 bits.
 *
 * @param value - the value without surrounding white space
 */
export function isInPublicList(value: string): boolean {
  digests ??= readDigests();
  return digests.has(createHash('sha256').update(value, 'utf8').digest().readBigUInt64BE());
}

function readDigests(): ReadonlySet<bigint> {
  const bytes = Buffer.from(PUBLISHED_DIGESTS, 'base64');
  return new Set(
    Array.from({ length: bytes.length / DIGEST_BYTES }, (_, n) => bytes.readBigUInt64BE(n * DIGEST_BYTES)),
  );
}

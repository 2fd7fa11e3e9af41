import fc from 'fast-check';
import type { Authorization } from '../../auth/authorization.ts';
import { generateSecret } from '../../auth/generate-secret.ts';
import { createKeySet, type KeySet } from '../../auth/key-set.ts';
import { importVerificationKeys, loadSigningKey, type VerificationKeys } from '../../auth/keys.ts';
import { type MintedToken, mintEnhancedToken } from '../../auth/mint-enhanced-token.ts';
import { verifyEnhancedToken } from '../../auth/verify-enhanced-token.ts';
import { authorization, plainText, secret as secrets } from './arbitraries.ts';
import { base64url, decode, resign, sign } from './forge.ts';
import { codeOf, refusalOf, visibleText } from './refusal.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const reader: Authorization = {
  level: 'read',
  roles: ['Readers'],
  permissions: ['s3:GetObject'],
  buckets: ['bucket-one'],
};
const issuedAt = 1_800_000_000;
const now = new Date(issuedAt * 1000);

const current = generateSecret();
const retired = generateSecret();
let set: KeySet;
let keys: VerificationKeys;
let good: MintedToken;

const mintWith = async (secret: string, of: Partial<Parameters<typeof mintEnhancedToken>[0]> = {}) => {
  const signingKey = await loadSigningKey(secret, await createKeySet([secret]));
  return mintEnhancedToken({ signingKey, subject: 'alice', authorization: reader, now, ...of });
};
const verify = (token: unknown, options: Parameters<typeof verifyEnhancedToken>[2] = {}) =>
  verifyEnhancedToken(token, keys, { now, ...options });
const codeFor = (token: unknown, options = {}) => codeOf(() => verify(token, options));
/** The good token's claims or header with some changed, signed by the right key. */
const forged = (claims: object, header: object = {}) => {
  const { header: goodHeader, payload } = decode(good.token);
  return sign({ ...goodHeader, ...header }, { ...payload, ...claims }, current);
};

beforeAll(async () => {
  set = await createKeySet([current]);
  keys = await importVerificationKeys(set);
  good = await mintWith(current);
});

describe('a minted token is accepted', () => {
  test('and gives its claims and key ID', async () => {
    expect(await verify(good.token)).toEqual({ claims: good.claims, keyId: set.keys[0]?.kid });
  });

  test('with any rights, subject and secret', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, authorization, plainText, async (secret, allowed, subject) => {
        const accepted = await importVerificationKeys(await createKeySet([secret]));
        const { token, claims, keyId } = await mintWith(secret, { authorization: allowed, subject });
        expect(await verifyEnhancedToken(token, accepted, { now })).toEqual({ claims, keyId });
      }),
    );
  });

  test('by either key of a set of two', async () => {
    const both = await importVerificationKeys(await createKeySet([current, retired]));
    for (const { token, keyId } of [good, await mintWith(retired)]) {
      expect((await verifyEnhancedToken(token, both, { now })).keyId).toBe(keyId);
    }
  });

  test('at the current time, when no other is given', async () => {
    const { token, claims } = await mintWith(current, { now: new Date() });
    expect((await verifyEnhancedToken(token, keys)).claims).toEqual(claims);
  });

  test('with claims of a later release, which are dropped', async () => {
    expect((await verify(forged({ tenant: 'a' }))).claims).toEqual(good.claims);
  });

  test('with the last of two claims of one name, as RFC 7519 allows and JSON.parse does', async () => {
    const { header, payload } = decode(good.token);
    const twice = JSON.stringify(payload).replace('{', '{"sub":"bob",');
    expect((await verify(sign(header, twice, current))).claims.sub).toBe('alice');
  });
});

describe('the text of a token', () => {
  test.each([[undefined], [null], [42], [{}], [['a.b.c']], [''], ['a'], ['a.b'], ['a.b.c.d'], ['.'.repeat(8000)]])(
    '%j is malformed',
    async (token) => {
      expect(await codeFor(token)).toBe('token_malformed');
    },
  );

  test('is refused if it is longer than 8,192 bytes, whatever its content', async () => {
    const [header, payload] = good.token.split('.');
    const long = forged({ note: 'x'.repeat(8192) });
    expect(await codeFor(long)).toBe('token_too_large');
    expect(await codeFor(`${header}.${payload}.${'A'.repeat(8192)}`)).toBe('token_too_large');
  });

  test('may be 8,192 bytes long', async () => {
    const padded = (length: number) => forged({ note: 'x'.repeat(length) });
    const length = Array.from({ length: 6000 }, (_, index) => index).find((size) => padded(size).length === 8192);
    expect((await verify(padded(length ?? 0))).claims).toEqual(good.claims);
  });

  test.each([
    ['a padded part', (token: string) => `${token}=`],
    ['a trailing newline', (token: string) => `${token}\n`],
    ['a leading blank', (token: string) => ` ${token}`],
    ['a blank inside', (token: string) => token.replace('.', ' .')],
    ['an empty signature', (token: string) => token.replace(/[^.]+$/, '')],
    ['an empty payload', (token: string) => token.replace(/\.[^.]+\./, '..')],
    ['an empty header', (token: string) => token.replace(/^[^.]+/, '')],
    ['a letter beyond ASCII', (token: string) => `${token.slice(0, -1)}é`],
    [
      'a letter beyond Latin-1 that shares its low byte with one of the alphabet',
      (token: string) => token.slice(0, -1) + String.fromCharCode(0x100 + token.charCodeAt(token.length - 1)),
    ],
  ])('is not base64url with %s', async (_, change) => {
    expect(await codeFor(change(good.token))).toBe('token_encoding_invalid');
  });

  test('has one spelling: set unused bits are refused, although they decode to the same bytes', async () => {
    const last = alphabet.indexOf(good.token.slice(-1));
    for (const bits of [1, 2, 3]) {
      const spelling = good.token.slice(0, -1) + alphabet.charAt(last ^ bits);
      expect(Buffer.from(spelling.slice(-43), 'base64url')).toEqual(Buffer.from(good.token.slice(-43), 'base64url'));
      expect(await codeFor(spelling)).toBe('token_encoding_invalid');
    }
  });

  test('is refused with any one character changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(...alphabet, '.', '=', '+', '/', ' '), async (at, by) => {
        const { token } = good;
        const cut = at % token.length;
        fc.pre(token.charAt(cut) !== by);
        expect(await codeFor(token.slice(0, cut) + by + token.slice(cut + 1))).toMatch(/^token_/);
      }),
      { numRuns: 500 },
    );
  });

  test('is refused with anything cut off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (at) => {
        expect(await codeFor(good.token.slice(0, at % good.token.length))).toMatch(/^token_/);
      }),
    );
  });

  test('is refused when it is any other text, and never fails otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.anything(),
          fc.string(),
          fc.string().map((text) => `${base64url(text)}.AA.AA`),
        ),
        async (token) => {
          expect(await codeFor(token)).toMatch(/^token_/);
        },
      ),
    );
  });
});

describe('the header of a token', () => {
  test.each([
    ['alg none', { alg: 'none' }, 'token_algorithm_not_allowed'],
    ['alg None', { alg: 'None' }, 'token_algorithm_not_allowed'],
    ['alg RS256', { alg: 'RS256' }, 'token_algorithm_not_allowed'],
    ['alg HS384', { alg: 'HS384' }, 'token_algorithm_not_allowed'],
    ['alg HS512', { alg: 'HS512' }, 'token_algorithm_not_allowed'],
    ['alg in lower case', { alg: 'hs256' }, 'token_algorithm_not_allowed'],
    ['a list as alg', { alg: ['HS256'] }, 'token_algorithm_not_allowed'],
    ['no alg', { alg: undefined }, 'token_algorithm_not_allowed'],
    ['no typ', { typ: undefined }, 'token_header_invalid'],
    ['typ at+jwt', { typ: 'at+jwt' }, 'token_header_invalid'],
    ['typ in lower case', { typ: 'jwt' }, 'token_header_invalid'],
    ['no kid', { kid: undefined }, 'token_key_id_missing'],
    ['a number as kid', { kid: 7 }, 'token_key_id_missing'],
    ['null as kid', { kid: null }, 'token_key_id_missing'],
    ['an unknown kid', { kid: 'frontend-enhanced.AAAAAAAA' }, 'token_key_id_unknown'],
    ['an empty kid', { kid: '' }, 'token_key_id_unknown'],
    ['the name of an object member as kid', { kid: 'constructor' }, 'token_key_id_unknown'],
    ['crit', { crit: ['exp'], exp: 1 }, 'token_header_invalid'],
    ['b64', { b64: false, crit: ['b64'] }, 'token_header_invalid'],
    ['an own key', { jwk: { kty: 'oct', k: 'AAAA' } }, 'token_header_invalid'],
    ['the address of a key set', { jku: 'https://example.org/keys' }, 'token_header_invalid'],
    ['zip', { zip: 'DEF' }, 'token_compressed_claims'],
  ])('is refused with %s, although the signature holds', async (_, header, code) => {
    expect(await codeFor(forged({}, header))).toBe(code);
  });

  test.each([
    ['HS384', 'sha384'],
    ['HS512', 'sha512'],
  ])('is refused with %s even when it is signed so, by the right secret', async (alg, hash) => {
    const { header, payload } = decode(good.token);
    expect(await codeFor(sign({ ...header, alg }, payload, current, hash))).toBe('token_algorithm_not_allowed');
  });

  test.each(['[]', 'null', '"HS256"', '{', '{}x', '\ufeff{"alg":"HS256"}'])('refuses the header %j', async (text) => {
    expect(await codeFor(sign(text, decode(good.token).payload, current))).toBe('token_header_invalid');
  });
});

describe('the key of a token', () => {
  test('is the one that its key ID names: any other secret is refused', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, async (secret) => {
        fc.pre(secret !== current);
        expect(await codeFor((await mintWith(secret)).token)).toBe('token_key_id_unknown');
        expect(await codeFor(resign(good.token, secret))).toBe('token_signature_invalid');
      }),
    );
  });

  test('is never another one of the set', async () => {
    const both = await importVerificationKeys(await createKeySet([current, retired]));
    const swapped = resign(good.token, retired);
    expect(await codeOf(() => verifyEnhancedToken(swapped, both, { now }))).toBe('token_signature_invalid');
  });

  test('is no longer accepted once it has left the set', async () => {
    const { token } = await mintWith(retired);
    expect(await codeFor(token)).toBe('token_key_id_unknown');
    expect(await codeOf(() => verifyEnhancedToken(token, new Map(), { now }))).toBe('token_key_id_unknown');
  });

  test('is the secret without the newline that a file put behind it', async () => {
    expect(await codeFor(resign(good.token, `${current}\n`))).toBe('token_signature_invalid');
  });
});

describe('the claims of a token', () => {
  test.each([
    [{ iss: 'someone-else' }, 'token_issuer_invalid'],
    [{ aud: ['quilt-mcp-server'] }, 'token_audience_invalid'],
    [{ token_type: 'basic' }, 'token_type_invalid'],
    [{ scope: 'read write' }, 'token_scope_mismatch'],
    [{ sub: '' }, 'token_claim_invalid'],
    [{ permissions: undefined }, 'token_claim_missing'],
    [{ p: ['g'], b: ['x'] }, 'token_compressed_claims'],
    [{ exp: issuedAt + 86_401 }, 'token_lifetime_invalid'],
  ])('%j: %s', async (claims, code) => {
    expect(await codeFor(forged(claims))).toBe(code);
  });

  test.each<[string, string | Uint8Array]>([
    ['text', 'text'],
    ['a list', '[]'],
    ['null', 'null'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
    ['JSON behind a byte order mark', '\ufeff{}'],
  ])('are refused as %s', async (_, payload) => {
    expect(await codeFor(sign(decode(good.token).header, payload, current))).toBe('token_payload_invalid');
  });

  test('are refused when one of them contains invalid UTF-8', async () => {
    const { header, payload } = decode(good.token);
    const bytes = Buffer.from(JSON.stringify({ ...payload, sub: 'al?ce' }), 'latin1');
    bytes[bytes.indexOf('?')] = 0xff;
    expect(await codeFor(sign(header, bytes, current))).toBe('token_payload_invalid');
  });

  test('are not looked at before the signature holds', async () => {
    const token = sign(decode(good.token).header, { iss: 'someone-else', p: [] }, retired);
    expect(await codeFor(token)).toBe('token_signature_invalid');
  });
});

describe('the time of a token', () => {
  const at = (seconds: number) => ({ now: new Date((issuedAt + seconds) * 1000) });
  const leeway = fc.integer({ min: 0, max: 60 });
  const beyond = fc.integer({ min: 0, max: 10_000_000 });

  test('it is accepted from its first to its last second, and within the leeway on both sides', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -60, max: 3659 }), leeway, async (seconds, leewaySeconds) => {
        fc.pre(seconds >= -leewaySeconds && seconds < 3600 + leewaySeconds);
        await expect(verify(good.token, { ...at(seconds), leewaySeconds })).resolves.toBeDefined();
      }),
    );
  });

  test('it is expired at any time later', async () => {
    await fc.assert(
      fc.asyncProperty(beyond, leeway, async (late, leewaySeconds) => {
        expect(await codeFor(good.token, { ...at(3600 + leewaySeconds + late), leewaySeconds })).toBe('token_expired');
      }),
    );
  });

  test('it is not yet valid at any time earlier', async () => {
    await fc.assert(
      fc.asyncProperty(beyond, leeway, async (early, leewaySeconds) => {
        const options = { ...at(-leewaySeconds - 1 - early), leewaySeconds };
        expect(await codeFor(good.token, options)).toBe('token_not_yet_valid');
      }),
    );
  });

  test('the leeway is 10 seconds by default', async () => {
    await expect(verify(good.token, at(3609))).resolves.toBeDefined();
    expect(await codeFor(good.token, at(3610))).toBe('token_expired');
    await expect(verify(good.token, at(-10))).resolves.toBeDefined();
    expect(await codeFor(good.token, at(-11))).toBe('token_not_yet_valid');
  });

  test('it cannot be issued in the future, although it is valid already', async () => {
    expect(await codeFor(forged({ iat: issuedAt + 100 }))).toBe('token_issued_in_future');
  });

  test.each([-1, 61, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'a leeway of %p is the verifier’s mistake, not the token’s',
    async (leewaySeconds) => {
      await expect(verify(good.token, { leewaySeconds })).rejects.toThrow(RangeError);
    },
  );

  test('an invalid date accepts nothing', async () => {
    await expect(verify(good.token, { now: new Date(Number.NaN) })).rejects.toThrow(RangeError);
  });
});

test('no refusal holds any part of the token, and each is fit for an error_description (RFC 6750)', async () => {
  const odd = 'odd-value-of-this-test';
  const tokens = [
    `${odd}.${odd}.${odd}`,
    odd,
    forged({}, { alg: odd }),
    forged({}, { typ: odd }),
    forged({}, { kid: odd }),
    forged({}, { [odd]: odd }),
    sign(odd, odd, current),
    sign(decode(good.token).header, odd, current),
    forged({ iss: odd }),
    forged({ aud: odd }),
    forged({ token_type: odd }),
    forged({ scope: odd }),
    forged({ level: odd }),
    forged({ permissions: [odd] }),
    forged({ buckets: [`s3://${odd}`] }),
    forged({ iat: odd }),
    forged({ exp: issuedAt + 86_401, sub: odd }),
    resign(forged({ sub: odd }), retired),
  ];
  for (const token of tokens) {
    const error = await refusalOf(() => verify(token));
    expect(error.message).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    expect(visibleText(error)).not.toContain(odd);
    for (const part of token.split('.')) expect(visibleText(error)).not.toContain(part);
  }
});

import { CHECK_NAMES, type CheckName } from '../../../../contract/canary-report.ts';
import { type Account, startAccount } from '../account.ts';
import { type Asked, closeDeployments, type Rewrite } from '../deployment.ts';
import { type Expected, expectFaults } from './injected.ts';

let account: Account;

beforeEach(async () => {
  account = await startAccount();
});

afterEach(closeDeployments);

describe('what must not be accepted is answered by its own name', () => {
  type Parts = { readonly header: Record<string, unknown>; readonly claims: Record<string, unknown> };
  const inAnHour = Date.now() / 1000 + 1800;

  function partsOf(token: string | undefined): Parts | undefined {
    const parts = token?.split('.').slice(0, 2) ?? [];
    if (parts.length < 2) return undefined;
    const [header, claims] = parts.map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
    return { header, claims };
  }

  /** Accepts tokens of one kind, which the service itself refuses. */
  const accepting =
    (isMeant: (parts: Parts) => boolean): Rewrite =>
    ({ rpcMethod, token }, answered) => {
      const parts = partsOf(token);
      if (rpcMethod === 'tools/list' && answered.status === 401 && parts && isMeant(parts)) answered.status = 200;
    };
  const isPlain = ({ header, claims }: Parts): boolean =>
    header.alg === 'HS256' && claims.iss === 'quilt-frontend' && claims.aud === 'quilt-mcp-server' && 'level' in claims;
  const isKnown = ({ header }: Parts): boolean => header.kid === account.keyId;
  const isCurrent = ({ claims }: Parts): boolean =>
    Number(claims.nbf) < inAnHour && Number(claims.exp) > Date.now() / 1000;

  test.each<[CheckName, Rewrite]>([
    ['other-key-refused', accepting((parts) => isPlain(parts) && isKnown(parts) && isCurrent(parts))],
    ['unknown-key-id-refused', accepting((parts) => !isKnown(parts))],
    ['expired-token-refused', accepting(({ claims }) => Number(claims.exp) < Date.now() / 1000)],
    ['not-yet-valid-token-refused', accepting(({ claims }) => Number(claims.nbf) > inAnHour)],
    ['wrong-audience-refused', accepting(({ claims }) => claims.aud !== 'quilt-mcp-server')],
    ['wrong-issuer-refused', accepting(({ claims }) => claims.iss !== 'quilt-frontend')],
    ['alg-none-refused', accepting(({ header }) => header.alg === 'none')],
    ['other-algorithm-refused', accepting(({ header }) => header.alg === 'HS512')],
    ['compressed-claims-refused', accepting(({ claims }) => 'p' in claims)],
  ])('%s', async (name, rewrite) => {
    const { origin } = await account.start({ rewrite });
    await expectFaults(origin, { [name]: /^accepted: tools\/list with .* gave 200, not 401/ });
  });

  const isBare = ({ rpcMethod, token }: Asked): boolean => rpcMethod === 'tools/list' && token === undefined;
  test.each<[string, Rewrite, Expected, sessionless: boolean]>([
    [
      'garbage',
      ({ rpcMethod, token }, answered) => {
        if (rpcMethod === 'tools/list' && token === 'canary-garbage-token') answered.status = 200;
      },
      { 'garbage-token-refused': /^accepted: / },
      false,
    ],
    [
      'no token',
      (asked, answered) => {
        if (isBare(asked) && asked.session === undefined) answered.status = 200;
      },
      { 'no-token-refused': /^accepted: .* without a token gave 200/ },
      true,
    ],
    [
      'a session ID that was never given',
      (asked, answered) => {
        if (isBare(asked) && asked.session !== undefined) answered.status = 200;
      },
      { 'session-id-alone-refused': /^accepted: .* with a session ID alone gave 200/ },
      true,
    ],
    [
      'a refusal with another status',
      (asked, answered) => {
        if (isBare(asked) && asked.session === undefined) answered.status = 403;
      },
      { 'no-token-refused': /^wrong-status: .* gave 403, not 401/ },
      true,
    ],
  ])('%s', async (_, rewrite, expected, sessionless) => {
    const { origin } = await account.start({ rewrite, sessionless });
    await expectFaults(origin, expected);
  });

  test('the ID of a session that a token opened, on a server that keeps sessions', async () => {
    const authenticated = new Set<string>();
    const { origin } = await account.start({
      rewrite: ({ rpcMethod, token, session = '' }, answered) => {
        // The fault: who once showed a token is let in for ever.
        if (token !== undefined && answered.status < 300) authenticated.add(session);
        if (rpcMethod === 'tools/list' && token === undefined && authenticated.has(session)) answered.status = 200;
      },
    });
    await expectFaults(origin, { 'session-id-alone-refused': /^accepted: / });
  });

  test('any token: an image that verifies none fails by the name of each', async () => {
    const { origin } = await account.start({
      rewrite: ({ rpcMethod, token }, answered) => {
        if (rpcMethod === 'tools/list' && token !== undefined) answered.status = 200;
      },
    });
    const refused = CHECK_NAMES.filter((name) => name.endsWith('-refused'));
    const accepted = refused.filter((name) => name !== 'no-token-refused' && name !== 'session-id-alone-refused');
    await expectFaults(origin, Object.fromEntries(accepted.map((name) => [name, /^accepted: /])));
  });
});

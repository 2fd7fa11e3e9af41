import { generateSecret } from '../../../../auth/generate-secret.ts';
import { keyIdOf } from '../../../../auth/key-id.ts';
import { CHECK_NAMES } from '../../../../contract/canary-report.ts';
import { type Account, changeResult, changeToolAnswer, startAccount, trustOf } from '../account.ts';
import { closeDeployments, type Intercept, type Rewrite, startDeployment } from '../deployment.ts';
import { type Expected, expectFaults, isGoodList, onMethod, withoutOutputSchemas, withToken } from './injected.ts';

const stranger = generateSecret();

/** The key ID that a token names. */
function keyIdIn(token: string): unknown {
  const header = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8');
  return header.startsWith('{') ? JSON.parse(header).kid : undefined;
}

let account: Account;

beforeEach(async () => {
  account = await startAccount();
});

afterEach(closeDeployments);

describe('a fault of the MCP service with good tokens is answered by its own name', () => {
  test.each<[string, { intercept?: Intercept; rewrite?: Rewrite }, Expected]>([
    [
      'initialize demands a token',
      { intercept: onMethod('initialize', 401) },
      { 'initialize-without-token': /^token-demanded: initialize gave 401/ },
    ],
    [
      'initialize is answered with something else',
      { intercept: onMethod('initialize', 200) },
      { 'initialize-without-token': /^mcp-error: initialize gave an answer that is not MCP/ },
    ],
    [
      'a valid token is refused for the list only',
      { intercept: onMethod('tools/list', 401) },
      {
        'tools-list-with-token':
          /^token-refused: tools\/list gave 401 to a valid token of key \S+; .* keys that it does/,
      },
    ],
    [
      'a valid token is refused on the stream beside, which the client overlooks',
      { intercept: onMethod('GET', 403) },
      { 'tools-list-with-token': /^token-refused: GET gave 403/ },
    ],
    [
      'the list fails',
      { intercept: onMethod('tools/list', 500, withToken) },
      {
        'tools-list-with-token': /^server-error: tools\/list gave 500/,
        ...Object.fromEntries(
          CHECK_NAMES.filter((name) => /(?:token|key|key-id|audience|issuer|none|algorithm|claims)-refused$/.test(name))
            .filter((name) => name !== 'no-token-refused')
            .map((name) => [name, /^server-error: /]),
        ),
      },
    ],
    [
      'no tools',
      {
        rewrite: (asked, answered) =>
          isGoodList(asked, answered) && changeResult(asked, answered, () => ({ tools: [] })),
      },
      { 'tools-list-with-token': /^no-tools: / },
    ],
    [
      'another server, whose tools are others',
      {
        rewrite: (asked, answered) =>
          isGoodList(asked, answered) &&
          changeResult(asked, answered, () => ({ tools: [{ name: 'other', inputSchema: { type: 'object' } }] })),
      },
      {
        'expected-tools-listed': /^tools-missing: .*but not discover_buckets, jwt_diagnostics\./,
        'identity-from-token': /^not-provable: there is no jwt_diagnostics/,
      },
    ],
    [
      'a call is refused',
      { intercept: onMethod('tools/call', 403) },
      { 'tool-call-with-token': /^token-refused: tools\/call gave 403/ },
    ],
    [
      'a tool ends with an error',
      {
        rewrite: (asked, answered) =>
          asked.tool === 'discover_buckets' &&
          changeResult(asked, answered, () => ({ isError: true, content: [{ type: 'text', text: 'quoted' }] })),
      },
      { 'tool-call-with-token': /^tool-error: discover_buckets/ },
    ],
    [
      'the buckets are not those of the token',
      {
        rewrite: (asked, answered) =>
          asked.tool === 'discover_buckets' && changeToolAnswer(asked, answered, { buckets: ['bucket-b'] }),
      },
      { 'identity-from-token': /^identity-mismatch: discover_buckets answers with another buckets than/ },
    ],
    [
      'requests run as another user',
      {
        rewrite: (asked, answered) =>
          asked.tool === 'jwt_diagnostics' && changeToolAnswer(asked, answered, { sub: 'alice', level: 'admin' }),
      },
      { 'identity-from-token': /^identity-mismatch: jwt_diagnostics answers with another sub, level than/ },
    ],
    [
      'a renewed token is not looked at',
      {
        rewrite: (asked, answered) =>
          asked.tool === 'jwt_diagnostics' &&
          changeToolAnswer(asked, answered, { expires_at: new Date().toISOString() }),
      },
      { 'identity-from-token': /^identity-mismatch: jwt_diagnostics answers with another expires_at than/ },
    ],
    [
      'diagnostics without content',
      {
        rewrite: (asked, answered) => {
          // Without the schema, by which the client itself would refuse the answer.
          if (isGoodList(asked, answered)) changeResult(asked, answered, withoutOutputSchemas);
          if (asked.tool === 'jwt_diagnostics')
            changeResult(asked, answered, () => ({ content: [{ type: 'text', text: 'all is well' }] }));
        },
      },
      { 'identity-from-token': /^not-provable: jwt_diagnostics does not report sub, expires_at/ },
    ],
  ])('%s', async (_, fault, expected) => {
    const { origin } = await account.start(fault);
    await expectFaults(origin, expected);
  });

  test('tasks with another key refuse the token, and the report names the key IDs', async () => {
    const others = await trustOf(stranger);
    const { origin } = await startDeployment({ mcp: [others, others], catalog: [account.trust] });
    const other = await keyIdOf(stranger);
    await expectFaults(origin, {
      'tools-list-with-token': new RegExp(
        `^token-refused: .* gave 401 to a valid token of key ${account.keyId}; the task that answered accepts ${other}\\.`,
      ),
      'key-ids-agree': new RegExp(`^key-mismatch: .*signs with ${account.keyId}; MCP task \\S+ accepts ${other}\\.`),
      'tasks-hold-parameters': /^tasks-outdated: mcp task /,
    });
  });

  test('one task refuses tokens of the other key, although its header lists that key', async () => {
    const both = await trustOf(account.secret, stranger);
    account.put(both.MCP_ENHANCED_JWT_SECRET, both.MCP_ENHANCED_JWT_KEYS);
    const other = await keyIdOf(stranger);
    const { origin, tasks } = await startDeployment({
      mcp: [both, both],
      catalog: [both],
      rewrite: ({ token }, answered) => {
        const isHere = answered.headers.get('x-quilt-task') === tasks.mcp[1];
        if (isHere && token !== undefined && keyIdIn(token) === other) answered.status = 401;
      },
    });
    await expectFaults(origin, {
      'every-key-accepted': new RegExp(`^token-refused: tools/list gave 401 to a valid token of key ${other}; `),
    });
  });
});

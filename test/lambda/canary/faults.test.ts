import { generateSecret } from '../../../auth/generate-secret.ts';
import { keyIdOf } from '../../../auth/key-id.ts';
import { CHECK_NAMES, type CheckName } from '../../../lambda/canary/report.ts';
import { keySetText } from '../support/secrets.ts';
import { closeServers, unusedOrigin } from '../support/servers.ts';
import { type Account, answer, failuresOf, run, startAccount } from './account.ts';
import { type Asked, type Intercept, MCP_TASK, startDeployment } from './deployment.ts';

const stranger = generateSecret();
let account: Account;

beforeEach(async () => {
  account = await startAccount();
});

afterEach(closeServers);

const isMcp = ({ path }: Asked): boolean => path === '/mcp';

describe('a fault is answered by its own name', () => {
  const html = '<html></html>';
  test.each<[string, Intercept, Partial<Record<CheckName, RegExp>>]>([
    [
      'no rule for the path: the catalog answers 405 with HTML',
      (asked, response) => isMcp(asked) && answer(response, 405, 'text/html', html),
      {
        'initialize-without-token': /^not-mcp: initialize gave 405 text\/html/,
        'no-token-refused': /^not-mcp: .* gave 405/,
        'garbage-token-refused': /^not-mcp: .* gave 405/,
      },
    ],
    [
      'the catalog answers 200 with its page',
      (asked, response) => isMcp(asked) && answer(response, 200, 'text/html', html),
      {
        'initialize-without-token': /^not-mcp: initialize gave 200 text\/html/,
        'no-token-refused': /^not-mcp: /,
        'garbage-token-refused': /^not-mcp: /,
      },
    ],
    [
      'no healthy MCP task',
      (asked, response) => isMcp(asked) && answer(response, 503, 'text/html', html),
      {
        'initialize-without-token': /^server-error: initialize gave 503/,
        'no-token-refused': /^server-error: /,
        'garbage-token-refused': /^server-error: /,
      },
    ],
    [
      'a redirect to http',
      (asked, response) => {
        if (isMcp(asked)) response.setHeader('location', 'http://quilt.example.org/mcp/');
        return isMcp(asked) && answer(response, 307);
      },
      {
        'initialize-without-token': /^redirected: initialize gave 307 to http\. /,
        'no-token-refused': /^redirected: /,
        'garbage-token-refused': /^redirected: /,
      },
    ],
    [
      'initialize demands a token',
      ({ rpcMethod }, response) => rpcMethod === 'initialize' && answer(response, 401),
      { 'initialize-without-token': /^token-demanded: initialize gave 401/ },
    ],
    [
      'initialize is answered with something else',
      ({ rpcMethod }, response) => rpcMethod === 'initialize' && answer(response, 200, 'application/json', '{"a":1}'),
      { 'initialize-without-token': /^mcp-error: initialize gave an answer that is not MCP/ },
    ],
    [
      'a valid token is refused for the list only',
      ({ rpcMethod, token }, response) => rpcMethod === 'tools/list' && token !== undefined && answer(response, 401),
      {
        'tools-list-with-token': /^token-refused: tools\/list gave 401 to a valid token.* accepts frontend-enhanced\./,
      },
    ],
    [
      'a valid token is refused on the stream beside, which the client overlooks',
      ({ rpcMethod, path }, response) => rpcMethod === 'GET' && path === '/mcp' && answer(response, 403),
      { 'tools-list-with-token': /^token-refused: GET gave 403/ },
    ],
    [
      'the list fails',
      ({ rpcMethod, token }, response) => rpcMethod === 'tools/list' && token !== undefined && answer(response, 500),
      { 'tools-list-with-token': /^server-error: tools\/list gave 500/, 'garbage-token-refused': /^server-error/ },
    ],
    [
      'a call is refused',
      ({ rpcMethod }, response) => rpcMethod === 'tools/call' && answer(response, 403),
      { 'tool-call-with-token': /^token-refused: tools\/call gave 403/ },
    ],
    [
      'every token is accepted',
      ({ rpcMethod, token }, response) =>
        rpcMethod === 'tools/list' && token === 'canary-garbage-token' && answer(response, 200),
      { 'garbage-token-refused': /^accepted: .* gave 200, not 401/ },
    ],
    [
      'no token is needed',
      ({ rpcMethod, token }, response) => rpcMethod === 'tools/list' && token === undefined && answer(response, 200),
      { 'no-token-refused': /^accepted: .* without a token gave 200/ },
    ],
    [
      'refused with another status',
      ({ rpcMethod, token }, response) => rpcMethod === 'tools/list' && token === undefined && answer(response, 403),
      { 'no-token-refused': /^wrong-status: .* gave 403, not 401/ },
    ],
    [
      'no catalog page',
      ({ path }, response) => path === '/' && answer(response, 404, 'text/html', html),
      { 'catalog-reachable': /^no-page: GET \/ gave 404/ },
    ],
    [
      'no healthy catalog task',
      ({ path }, response) => path === '/' && answer(response, 503),
      { 'catalog-reachable': /^server-error: GET \/ gave 503/ },
    ],
    [
      'a catalog that names no keys',
      ({ path }, response) => {
        if (path === '/') response.removeHeader('x-quilt-key-ids');
        return false;
      },
      { 'key-ids-agree': /^not-provable: responses of the catalog service/ },
    ],
    [
      'an MCP service that names no task',
      (asked, response) => {
        if (isMcp(asked)) response.removeHeader('x-quilt-task');
        return false;
      },
      { 'key-ids-agree': /^not-provable: responses of the mcp service/ },
    ],
  ])('%s', async (_, intercept, expected) => {
    const { origin } = await account.start(intercept);
    const report = await run(origin);
    expect(report.verdict).toBe('red');
    const failures = failuresOf(report);
    expect(Object.keys(failures)).toEqual(CHECK_NAMES.filter((name) => name in expected));
    for (const [name, reason] of Object.entries(expected)) expect(failures[name as CheckName]).toMatch(reason);
  });

  test('MCP tasks that hold another key refuse the token, and the key IDs tell', async () => {
    const { origin } = await startDeployment({ keySet: await keySetText(stranger), signs: account.keyId });
    const failures = failuresOf(await run(origin));
    const other = await keyIdOf(stranger);
    expect(failures).toEqual({
      'tools-list-with-token': expect.stringMatching(/^token-refused: notifications\/initialized gave 401/),
      'key-ids-agree': expect.stringContaining(`signs with ${account.keyId}; MCP task ${MCP_TASK} accepts ${other}`),
    });
    expect(failures['tools-list-with-token']).toContain(other);
  });

  test('a server without tools, and one without the tool', async () => {
    const { keySet, keyId } = account;
    const none = await startDeployment({ keySet, signs: keyId, tools: [] });
    expect(failuresOf(await run(none.origin))).toEqual({ 'tools-list-with-token': expect.any(String) });
    const other = await startDeployment({ keySet, signs: keyId, tools: ['other'] });
    expect(failuresOf(await run(other.origin))).toEqual({ 'tool-call-with-token': expect.any(String) });
  });

  test('nobody there', async () => {
    const failures = failuresOf(await run(await unusedOrigin()));
    const unreachable = expect.stringMatching(/^unreachable: .* gave ECONNREFUSED/);
    expect(failures).toEqual({
      'initialize-without-token': unreachable,
      'no-token-refused': unreachable,
      'garbage-token-refused': unreachable,
      'catalog-reachable': unreachable,
    });
  });

  test('silence, before and after the head of an answer', async () => {
    const { origin } = await account.start(({ rpcMethod, token }, response) => {
      if (rpcMethod === 'tools/call')
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': wait\n\n');
      return rpcMethod === 'tools/call' || token === 'canary-garbage-token';
    });
    const timeOut = expect.stringMatching(/^time-out: /);
    const failures = failuresOf(await run(origin, { requestMs: 250 }));
    expect(failures).toEqual({ 'tool-call-with-token': timeOut, 'garbage-token-refused': timeOut });
  });

  test('silence everywhere: what the time does not allow is skipped, and the verdict is red', async () => {
    const { origin } = await account.start(() => true);
    const { verdict, checks } = await run(origin, { totalMs: 100 });
    expect(verdict).toBe('red');
    expect(checks.map(({ name }) => name)).toEqual([...CHECK_NAMES]);
    expect(checks.at(-2)).toMatchObject({ verdict: 'skipped', reason: 'the time for all checks was over' });
  });
});

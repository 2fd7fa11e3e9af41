import { createServer } from 'node:https';
import { CHECK_NAMES } from '../../../../contract/canary-report.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { closeServers, listen } from '../../support/servers.ts';
import { type Account, run, startAccount } from '../account.ts';
import { closeDeployments, type Intercept } from '../deployment.ts';
import { atMcp, type Expected, expectFaults, onCatalog } from './injected.ts';

let account: Account;

beforeEach(async () => {
  account = await startAccount();
});

afterEach(closeDeployments);

describe('a fault between client and service is answered by its own name', () => {
  test.each<[string, Intercept, Expected]>([
    [
      'no rule for the path: the catalog answers 405 with HTML',
      atMcp(405, 'text/html'),
      { 'mcp-reachable': /^not-mcp: ping gave 405 text\/html/ },
    ],
    [
      'the catalog answers 200 with its page',
      atMcp(200, 'text/html'),
      { 'mcp-reachable': /^not-mcp: ping gave 200 text\/html/ },
    ],
    ['no healthy MCP task', atMcp(503, 'text/html'), { 'mcp-reachable': /^server-error: ping gave 503/ }],
    [
      'a redirect to http',
      atMcp(307, undefined, 'http://quilt.example.org/mcp/'),
      { 'mcp-reachable': /^redirected-to-http: ping gave 307/ },
    ],
    [
      'a redirect to the other spelling of the path',
      atMcp(307, undefined, 'https://quilt.example.org/mcp/'),
      { 'mcp-reachable': /^redirected: ping gave 307 to https\. / },
    ],
    ['a redirect to nowhere', atMcp(302), { 'mcp-reachable': /^redirected: ping gave 302 to no URL\. / }],
    ['no catalog page', onCatalog('/', 404, 'text/html'), { 'catalog-reachable': /^no-page: GET \/ gave 404/ }],
    ['no healthy catalog task', onCatalog('/', 503), { 'catalog-reachable': /^server-error: GET \/ gave 503/ }],
  ])('%s', async (_, intercept, expected) => {
    const { origin } = await account.start({ intercept });
    await expectFaults(origin, expected);
  });

  test('connection refused', async () => {
    const { origin } = await account.start();
    await closeServers();
    account = await startAccount(account.secret);
    const unreachable = /^unreachable: .* gave ECONNREFUSED/;
    await expectFaults(origin, { 'mcp-reachable': unreachable, 'catalog-reachable': unreachable });
  });

  test('a certificate of another name', async () => {
    const certificate = makeCertificate('other.example.org');
    const port = await listen(createServer(certificate, (_, response) => response.end()));
    const expected = /^certificate: .* gave ERR_TLS_CERT_ALTNAME_INVALID/;
    await expectFaults(
      `https://quilt.example.org:${port}`,
      { 'mcp-reachable': expected, 'catalog-reachable': expected },
      { connectHost: 'localhost', ca: certificate.cert },
    );
  });

  test('silence: what cannot be asked then is skipped', async () => {
    const { origin } = await account.start({ intercept: () => true });
    const timeOut = /^time-out: /;
    await expectFaults(origin, { 'mcp-reachable': timeOut, 'catalog-reachable': timeOut }, { requestMs: 1_000 });
  });

  test('silence everywhere, and no time: every check is in the report all the same, and the verdict is red', async () => {
    const { origin } = await account.start({ intercept: () => true });
    const { verdict, checks } = await run(origin, { totalMs: 100 });
    expect(verdict).toBe('red');
    expect(checks.map(({ name }) => name)).toEqual(CHECK_NAMES);
  });

  test('silence after the head of an answer, and to one token', async () => {
    const { origin } = await account.start({
      intercept: ({ rpcMethod, token }, response) => {
        if (rpcMethod === 'tools/call')
          response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': wait\n\n');
        return rpcMethod === 'tools/call' || token === 'canary-garbage-token';
      },
    });
    const timeOut = /^time-out: /;
    await expectFaults(
      origin,
      { 'tool-call-with-token': timeOut, 'garbage-token-refused': timeOut },
      { requestMs: 1_000 },
    );
  });
});

import { assetsOf, checkPublicFiles } from '../../../lambda/canary/checks/no-secret-in-public-files.ts';
import { createDial } from '../../../lambda/shared/dial.ts';
import { closeServers, serve } from '../support/servers.ts';
import { type Account, failuresOf, run, startAccount } from './account.ts';
import { closeDeployments, type Rewrite } from './deployment.ts';

/** A secret as a person may have chosen it, with characters that every format writes differently. */
const SECRET = 'a "made-up" \\ secret & value/with+odd=signs'.replaceAll(' ', '_');
let account: Account;

beforeEach(async () => {
  account = await startAccount(SECRET);
});

afterEach(closeDeployments);

const PAGE =
  '<!doctype html><script type=module src="/assets/app.js?v=1"></script><link rel=stylesheet href=style.css>';
const bytes = Buffer.from(SECRET);

test.each<[string, string, string]>([
  ['unchanged, in the configuration', '/config.json', SECRET],
  ['escaped as JSON', '/config.js', `window.config = ${JSON.stringify({ secret: SECRET })}`],
  ['escaped for a URL', '/', `<a href="/?s=${encodeURIComponent(SECRET)}">`],
  ['in base64, in a script of the page', '/assets/app.js?v=1', bytes.toString('base64')],
  ['in base64url, in a style sheet', '/style.css', bytes.toString('base64url')],
  [
    'inside of something longer in base64',
    '/config.json',
    Buffer.from(JSON.stringify({ x: `${bytes.toString('base64url')}` })).toString('base64'),
  ],
])('a secret %s is found, and the file named', async (_, path, text) => {
  const rewrite: Rewrite = (asked, answered) => {
    if (asked.path.startsWith('/mcp')) return;
    answered.status = 200;
    answered.headers.set('content-type', 'text/html');
    answered.body = asked.path === path ? PAGE + text : PAGE;
  };
  const { origin } = await account.start({ rewrite });
  const report = await run(origin);
  expect(failuresOf(report)).toEqual({
    'no-secret-in-public-files': expect.stringMatching(`^secret-exposed: GET ${path.split('?')[0]} shows`),
  });
  expect(JSON.stringify(report)).not.toContain(JSON.stringify(SECRET).slice(1, -1));
});

test('a secret in a header counts too', async () => {
  const { origin } = await account.start({
    rewrite: ({ path }, { headers }) => {
      if (path === '/config.json') headers.set('x-secret', bytes.toString('base64url'));
    },
  });
  expect(failuresOf(await run(origin))).toEqual({
    'no-secret-in-public-files': expect.stringMatching(/^secret-exposed/),
  });
});

test.each<[string, Rewrite, RegExp]>([
  [
    'encoded without a request for it',
    ({ path }, { headers }) => {
      if (path === '/config.json') headers.set('content-encoding', 'br');
    },
    /^not-provable: GET \/config\.json is .* encoding/,
  ],
  [
    'a page of more files than are searched',
    ({ path }, answered) => {
      if (path === '/') answered.body = Array.from({ length: 41 }, (_, i) => `<script src="/${i}.js"></script>`).join();
    },
    /^not-provable: the page links to 41 files/,
  ],
  [
    'a file that is elsewhere',
    ({ path }, answered) => {
      if (path === '/config.json') answered.status = 302;
    },
    /^redirected: GET \/config\.json gave 302/,
  ],
  [
    'a file that cannot be served now',
    ({ path }, answered) => {
      if (path === '/config.js') answered.status = 503;
    },
    /^server-error: GET \/config\.js gave 503/,
  ],
])('what was not read proves nothing: %s', async (_, rewrite, reason) => {
  const { origin } = await account.start({ rewrite });
  expect(failuresOf(await run(origin))).toEqual({ 'no-secret-in-public-files': expect.stringMatching(reason) });
});

test('a file without end is left at the limit', async () => {
  const origin = await serve((_, response) => {
    const chunk = Buffer.alloc(1_000_000, 'x');
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  });
  const checked = checkPublicFiles(createDial({ timeoutMs: 30_000 }), new URL(origin), [SECRET]);
  await expect(checked).rejects.toThrow(/^not-provable: GET \/ is larger than 16 MB/);
  await closeServers();
});

test('finds only the files of the page’s own host, each once', () => {
  const page = `
    <script src="/a.js"></script><SCRIPT defer SRC='b.js#x'></SCRIPT><script src=/a.js></script>
    <script src="https://cdn.example.org/c.js"></script><script>inline()</script><script src="data:,x"></script>
    <link rel="stylesheet" href="/d.css?a=1&amp;b=2"><link rel=preload href="//quilt.example.org/e.woff"><a href="/f">`;
  expect(assetsOf(page, new URL('https://quilt.example.org/')).map(({ href }) => href)).toEqual([
    'https://quilt.example.org/a.js',
    'https://quilt.example.org/b.js',
    'https://quilt.example.org/d.css?a=1&b=2',
    'https://quilt.example.org/e.woff',
  ]);
});

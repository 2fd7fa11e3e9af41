import fc from 'fast-check';
import { generateSecret } from '../../../auth/generate-secret.ts';
import { formsOf, redact } from '../../../lambda/canary/secret-texts.ts';
import { outputOf } from '../support/captured-output.ts';
import { secretArbitrary } from '../support/secrets.ts';
import { type Account, changeResult, run, startAccount, trustOf } from './account.ts';
import { closeDeployments, type Rewrite, startDeployment } from './deployment.ts';

afterEach(closeDeployments);

/** A service that puts whatever it knows wherever a report might take it from. */
function telling({ secret, keySet }: Account): Rewrite {
  return ({ rpcMethod, token = secret, path }, answered) => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const safe = (text: string): string => text.replace(/[^A-Za-z0-9_.+-]/g, '');
    answered.headers.set('x-quilt-task', safe(payload).slice(0, 16));
    answered.headers.set(
      'x-quilt-key-ids',
      [header, signature, token, `${secret}.${secret.slice(0, 8)}`].map(safe).join(),
    );
    answered.headers.set('location', `${safe(secret)}:${token}`);
    const text = formsOf(secret).map(safe).join(' ');
    if (path === '/') answered.body = `<script src="/${encodeURIComponent(secret)}.js"></script>${text}`;
    if (path === '/config.json') answered.body = keySet;
    if (rpcMethod === 'initialize' || answered.status !== 200 || !path.startsWith('/mcp')) return;
    if (rpcMethod === 'tools/list') {
      const names = [secret, secret.slice(0, 40), signature, token.slice(-30), ...formsOf(secret)].map(safe);
      const tools = ['discover_buckets', ...names].filter((name) => name !== '');
      changeResult(
        { rpcMethod, token, path, id: JSON.parse(lastData(answered.body)).id, tool: undefined, session: '' },
        answered,
        () => ({
          tools: tools.map((name) => ({ name, description: token, inputSchema: { type: 'object' } })),
        }),
      );
    } else if (rpcMethod === 'tools/call') {
      answered.status = 401;
      answered.headers.set('content-type', `text/${safe(signature || secret)}`);
      answered.body = token;
    }
  };
}

const lastData = (body: string): string => /^data: (.*)$/m.exec(body)?.[1] ?? body;

async function expectSilence(secret: string): Promise<void> {
  const account = await startAccount(secret);
  const trust = await trustOf(secret, generateSecret());
  account.put(trust.MCP_ENHANCED_JWT_SECRET, trust.MCP_ENHANCED_JWT_KEYS);
  const { origin, asked } = await startDeployment({ mcp: [trust], catalog: [trust], rewrite: telling(account) });
  let report: unknown;
  const logs = await outputOf(async () => {
    report = await run(origin);
  });
  const shown = `${JSON.stringify(report)}\n${logs.join('\n')}`;
  const keys = (JSON.parse(trust.MCP_ENHANCED_JWT_KEYS) as { keys: { k: string }[] }).keys.map(({ k }) => k);
  const parts = asked.flatMap(({ token }) => (token?.includes('.') ? [token, ...token.split('.')] : []));
  for (const text of [...keys, ...keys.flatMap((k) => formsOf(Buffer.from(k, 'base64url').toString())), ...parts]) {
    if (text !== '' && shown.includes(text))
      throw new Error('a report or log holds a secret, a key or part of a token');
  }
  await closeDeployments();
}

test('no report or log contains the secret, a key or a token, for any secret and any response', async () => {
  await fc.assert(fc.asyncProperty(secretArbitrary, expectSilence), { numRuns: 10 });
}, 60_000);

test('a text is replaced wherever it stands, also in part, and the rest is kept', () => {
  const around = fc.stringMatching(/^[ -~]{0,40}$/);
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{32,80}$/), around, around, fc.nat(16), (text, before, after, cut) => {
      const shown = redact({ list: [`${before}${text.slice(cut)}${after}`], count: 1 }, [text]);
      expect(shown.list[0]).not.toContain(text.slice(cut));
      expect(shown.list[0]).toContain('[redacted]');
      expect(shown.count).toBe(1);
    }),
  );
  fc.assert(fc.property(around, (text) => expect(redact(text, ['x'.repeat(64)])).toBe(text)));
});

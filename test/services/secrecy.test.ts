import { spawnSync } from 'node:child_process';
import * as z from 'zod';
import { generateSecret } from '../../auth/generate-secret.ts';
import * as serviceVariables from '../../contract/service-variables.ts';
import { startRegistry } from '../../local/registry/server.ts';
import { EVENTS } from '../../scripts/docs/mcp-logs.ts';
import { createMetrics } from '../../services/mcp/metrics/metrics.ts';
import { startMcpService } from '../../services/mcp/service.ts';
import { TOOLS } from '../../services/mcp/tools/all-tools.ts';
import { defineTool } from '../../services/mcp/tools/define-tool.ts';
import { createLogger } from '../../services/shared/logger.ts';
import type { RunningService } from '../../services/shared/run-service.ts';
import { StartError } from '../../services/shared/settings.ts';
import { resign } from '../auth/forge.ts';
import { badTokens } from './support/bad-tokens.ts';
import { BundledService, buildServices, ROOT } from './support/bundled-service.ts';
import { closeAfterEach } from './support/close-after-each.ts';
import { LogCapture } from './support/log-capture.ts';
import { found, marksOf, secretPartsOf } from './support/marks.ts';
import { startEndpoint } from './support/mcp-endpoint.ts';
import { sendRaw } from './support/raw-http.ts';
import { REASONS } from './support/reasons.ts';
import { loginAs } from './support/registry-login.ts';
import { bearer, callTool, INITIALIZE, modern, openSession, post, TOOLS_LIST } from './support/rpc.ts';
import { catalogEnvironment, mcpEnvironment } from './support/running-services.ts';
import { makeTrust } from './support/trust-fixture.ts';

const closeLater = closeAfterEach();
const TRACE = { LOG_LEVEL: 'trace' };

beforeAll(buildServices);

/** What must not be in any output: the parts of tokens, and a secret in both of its spellings. */
const partsOf = (token: string): string[] => token.split('.').slice(1);
const spellingsOf = (secret: string): string[] => [secret, Buffer.from(secret).toString('base64url')];

async function stopped(service: BundledService): Promise<string> {
  service.signal('SIGTERM');
  expect(await service.exited).toBe(0);
  return service.output;
}

/** Keeps every answer, as far as a client can see it. */
class Answers {
  text = '';

  async keep(answer: Promise<Response>): Promise<void> {
    const { status, headers, body } = await answer.then(async (each) => ({
      status: each.status,
      headers: [...each.headers],
      body: await each.text(),
    }));
    this.text += `${status} ${JSON.stringify(headers)} ${body}\n`;
  }
}

/** Reason codes in lines and answers, also in a result that is a text in a text. */
function codesIn(output: string): ReadonlySet<string> {
  return new Set([...output.matchAll(/"(?:reason|error)\\?":\\?"([a-z_]+)\\?"/g)].map(([, code = '']) => code));
}

/** What a client may say with a text in it. */
function bodiesWith(each: string): readonly unknown[] {
  return [
    `{"token":"${each}"`,
    `"${each}"`,
    { token: each },
    [callTool('discover_buckets'), { each }],
    callTool('discover_buckets', { token: each }),
    callTool('bucket_object_text', { bucket: 'bucket-one', key: each }),
    callTool('bucket_object_text', { bucket: 7, key: each }),
    callTool('package_browse', { bucket: 'bucket-one', package: each, top_hash: each }),
    callTool('packages_list', { bucket: 'bucket-one', cursor: each }),
    callTool('validate_jwt_token', { token: each }),
    callTool('validate_jwt_token', { [each]: 1 }),
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'jwt_diagnostics', arguments: each } },
    { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { cursor: each, _meta: { progressToken: each } } },
    { jsonrpc: '2.0', id: 1, method: 'tools/list', params: each },
    { jsonrpc: each, id: 1, method: 'tools/list' },
    { jsonrpc: '2.0', id: { each }, method: 'tools/list' },
    { jsonrpc: '2.0', id: 1, error: { code: 1, message: each } },
    { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1, reason: each } },
    { ...INITIALIZE, params: { ...INITIALIZE.params, clientInfo: { name: each, version: each } } },
    { ...INITIALIZE, params: { ...INITIALIZE.params, protocolVersion: each } },
    { ...INITIALIZE, params: { capabilities: { [each]: {} } } },
  ];
}

/** The same, where an answer may say it again, to the one who said it. */
function repeatedBodiesWith(each: string): readonly Readonly<Record<string, unknown>>[] {
  const bucket = 'bucket-one';
  return [
    { ...TOOLS_LIST, id: each },
    { ...TOOLS_LIST, method: each },
    callTool(each),
    callTool('bucket_objects_list', { bucket: each }),
    callTool('bucket_objects_list', { bucket: `s3://${each}` }),
    callTool('bucket_objects_put', { bucket, objects: [{ key: each, content: each, encoding: 'base64' }] }),
    callTool('bucket_objects_put', { bucket, objects: [{ key: `.quilt/${each}`, content: each }] }),
  ];
}

const headWith = (each: string): string => `POST /mcp HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${each}\r\n`;

/** What is no HTTP, or more of it than is taken. */
function brokenRequestsWith(each: string): readonly string[] {
  return [
    `GET /${each} HTTP/9.9\r\n\r\n`,
    `${headWith(each)}x: ${'x'.repeat(20_000)}\r\n\r\n`,
    `${headWith(each)}${each}\r\n\r\n`,
    `${headWith(each)}content-length: 99999999\r\n\r\n${each}`,
    `${headWith(each)}transfer-encoding: chunked\r\n\r\n${each}\r\n`,
    `POST /mcp HTTP/1.1\r\nhost: ${each}\r\nconnection: close\r\n\r\n`,
  ];
}

/** What no request can cause: bugs, AWS errors. */
const ELSEWHERE = [
  'internal_error',
  'unauthenticated',
  'object_not_found',
  'object_too_large',
  'object_not_text',
  'object_exists',
  'object_archived',
  'package_not_found',
  'package_invalid',
  'access_denied',
  'credentials_unavailable',
  'storage_unavailable',
  'cancelled',
];

describe('the MCP service reveals no token or secret', () => {
  test('for any request', async () => {
    // As it may name a bucket.
    const trust = await makeTrust(`s${generateSecret()}s`);
    const permissions = [...new Set(TOOLS.flatMap((tool) => tool.permissions))];
    const authorization = { level: 'write', roles: ['Writers'], permissions, buckets: ['bucket-one'] } as const;
    const { token } = await trust.mint({ authorization });
    const { token: foreign } = await trust.mint({ subject: 'bob' });
    const service = closeLater(new BundledService('mcp', mcpEnvironment(trust, TRACE)));
    const base = await service.listening();
    const url = `${base}/mcp`;
    const answers = new Answers();
    const bad = await badTokens(trust, token);
    const shown = [token, ...bad.values(), trust.secret, Buffer.from(trust.secret).toString('base64url')];
    const misplaced = [token, bad.get('a wrong secret') ?? '', trust.secret];

    const json = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
    const send = (message: unknown, headers: Readonly<Record<string, string>> = {}, to = url) => {
      const body = typeof message === 'string' ? message : JSON.stringify(message);
      return answers.keep(fetch(to, { method: 'POST', headers: { ...json, ...headers }, body }));
    };
    const own = bearer(token);
    const session = await openSession(url, own);
    const foreignSession = await openSession(url, bearer(foreign));
    const list = modern('tools/list');

    // As a credential.
    for (const each of shown) {
      for (const message of [INITIALIZE, callTool('jwt_diagnostics'), '{"broken":']) {
        await send(message, { ...session, ...bearer(each) });
      }
      await send(INITIALIZE, { authorization: `Basic ${each}` });
      await send(INITIALIZE, { authorization: each });
      await send(list.message, { ...list.headers, ...bearer(each) });
      for (const method of ['GET', 'DELETE', 'PUT', 'HEAD']) {
        await answers.keep(fetch(url, { method, headers: { ...foreignSession, ...bearer(each) } }));
      }
    }
    for (const each of misplaced) {
      // In the wrong place.
      await send(TOOLS_LIST, {}, `${url}?access_token=${each}`);
      await send(TOOLS_LIST, { ...own, ...session }, `${url}?access_token=${each}`);
      await answers.keep(fetch(`${base}/${each}`));
      for (const name of ['cookie', 'origin', 'x-forwarded-for', 'last-event-id', 'content-type', 'accept']) {
        await send(TOOLS_LIST, { ...own, ...session, [name]: each });
      }
      for (const name of ['mcp-session-id', 'mcp-protocol-version']) {
        await send(TOOLS_LIST, { ...own, ...session, [name]: each });
        await send(TOOLS_LIST, { [name]: each });
      }
      for (const name of ['mcp-name', 'mcp-protocol-version', 'mcp-session-id', 'mcp-param-x']) {
        await send(list.message, { ...list.headers, ...own, [name]: each });
      }
      for (const message of bodiesWith(each)) {
        await send(message);
        await send(message, { ...own, ...session });
        await send(message, { ...own, ...list.headers });
      }
      for (const params of [
        { name: 'discover_buckets', arguments: { each } },
        { name: 'package_browse', each },
      ]) {
        const { message, headers } = modern('tools/call', params);
        await send(message, { ...own, ...headers });
      }
      for (const request of brokenRequestsWith(each)) answers.text += await sendRaw(url, request, { mayBreak: true });
      const unfinished = `${headWith(each)}content-length: 2000000\r\n\r\n${each}`;
      answers.text += await sendRaw(url, unfinished, { thenClose: true, mayBreak: true });
    }
    // What JSON-RPC or the SDK repeats to its sender by design is only kept out of the log.
    for (const each of misplaced) {
      for (const message of repeatedBodiesWith(each)) await post(url, message, { ...own, ...session });
      await post(url, list.message, { ...list.headers, ...own, 'mcp-method': each });
    }
    const unreadable = callTool('bucket_objects_list', { bucket: 's3://bucket-one/a' });
    await send(unreadable, { ...own, ...session });
    const { token: powerless } = await trust.mint({ authorization: { ...authorization, permissions: [] } });
    await send(unreadable, { ...session, ...bearer(powerless) });
    answers.text += await sendRaw(
      url,
      `POST /mcp HTTP/1.1\r\nconnection: close\r\nauthorization: Bearer ${token}\r\n\r\n`,
    );
    await answers.keep(fetch(url, { method: 'DELETE', headers: { ...own, ...session } }));
    await send(TOOLS_LIST, { ...own, ...session });

    const output = await stopped(service);
    expect(output).toContain('authentication_failed');
    expect(output).toContain('session_foreign');
    expect(output).toContain('session_unknown');
    expect(output).toContain('protocol_error');
    expect(output).toContain('"cacheHit":true');
    for (const status of [200, 202, 400, 401, 403, 404, 405, 406, 413, 415, 431]) {
      expect(answers.text).toMatch(new RegExp(`^(HTTP/1.1 )?${status} `, 'm'));
    }
    const codes = codesIn(output + answers.text);
    for (const code of codes) expect(REASONS).toContain(code);
    expect(REASONS.filter((code) => !codes.has(code))).toEqual(ELSEWHERE);
    for (const [, event] of output.matchAll(/"event":"(\w+)"/g)) expect(Object.keys(EVENTS)).toContain(event);
    const marks = marksOf(
      [...[...shown, foreign, powerless].flatMap(secretPartsOf), trust.secret].filter((text) => text !== ''),
    );
    expect(found(output, marks)).toEqual([]);
    expect(found(answers.text, marks)).toEqual([]);
  });

  test('for any failure of its tools, and any AWS error', async () => {
    const trust = await makeTrust();
    const { token } = await trust.mint();
    const credentials = {
      accessKeyId: `marked-access-key-${generateSecret()}`,
      secretAccessKey: `marked-secret-key-${generateSecret()}`,
      sessionToken: `marked-session-token-${generateSecret()}`,
    };
    const hidden = [token, trust.secret, ...Object.values(credentials)];
    const errors = hidden.flatMap((mark): readonly (() => unknown)[] => [
      () => new Error(`the store said ${mark}`),
      () => Object.assign(new Error('refused'), { token: mark, request: { headers: { authorization: mark } } }),
      () => Object.assign(new Error('refused'), { credentials, $response: { body: mark }, deep: [{ a: { b: mark } }] }),
      () => new Error('outside', { cause: new Error(`inside ${mark}`) }),
      () => new AggregateError([new Error(mark)], mark),
      () => Object.assign(new Error('x'), { name: mark, code: mark }),
      () => mark,
      () => ({ mark, credentials }),
    ]);
    const next = errors.values();
    const throwing = defineTool({
      name: 'discover_buckets',
      title: 'throws',
      description: 'throws',
      permissions: [],
      input: z.object({}),
      output: z.object({}),
      run: () => {
        throw next.next().value?.();
      },
    });
    const reaching = defineTool({
      name: 'list_available_resources',
      title: 'reaches',
      description: 'reaches for a bucket',
      permissions: [],
      input: z.object({}),
      output: z.object({}),
      run: async ({ buckets, principal }) => {
        await buckets.open(principal, 'bucket-one', 'read');
        return {};
      },
    });
    const refusing = errors.values();
    const log = new LogCapture();
    const logger = createLogger({ service: 'mcp', version: 'test', level: 'trace', sink: log });
    const metrics = createMetrics(logger, { deployment: 'quilt-test' });
    const buckets = { isReachable: () => true, open: () => Promise.reject(refusing.next().value?.()) };
    const server = closeLater(await startEndpoint(trust, [throwing, reaching], { logger, metrics, buckets }));
    const url = `${server.url}/mcp`;
    const session = await openSession(url);
    let answers = '';
    for (const _ of errors) {
      for (const tool of ['discover_buckets', 'list_available_resources']) {
        const answer = await post(url, callTool(tool), { ...session, ...bearer(token) });
        answers += JSON.stringify([answer.status, [...answer.headers], answer.message]);
        expect(answer.message.result).toMatchObject({ isError: true });
      }
    }
    metrics.stop();
    expect(log.ofEvent('tool_failed')).toHaveLength(2 * errors.length);
    expect(log.text).toContain('ToolCallsFailed');
    const marks = marksOf(hidden.flatMap(secretPartsOf));
    expect(found(log.text + server.log.text, marks)).toEqual([]);
    expect(found(answers, marks)).toEqual([]);
  });

  test.each([
    ['crashed', 'setImmediate(() => { throw error; }); return new Promise(() => setInterval(() => {}, 1000));'],
    ['start_failed', 'throw error;'],
  ])('when it ends with an error that holds one: %s', async (event, how) => {
    const trust = await makeTrust();
    const { token } = await trust.mint();
    const error = `Object.assign(new Error('with ' + ${JSON.stringify(`${token} ${trust.secret}`)}), process.env)`;
    const program = `
      const { runService } = await import('./services/shared/run-service.ts');
      const error = ${error};
      await runService('mcp', async () => { ${how} });`;
    const options = ['--input-type=module', '--eval', program];
    const { status, stdout, stderr } = spawnSync(process.execPath, options, {
      cwd: ROOT,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...mcpEnvironment(trust, TRACE) },
    });
    expect([status, JSON.parse(stdout)]).toMatchObject([1, { event, level: 'fatal' }]);
    expect(found(stdout + stderr, marksOf([...secretPartsOf(token), trust.secret]))).toEqual([]);
  });

  // Version and deployment are shown by design.
  const variables = Object.values(serviceVariables).filter((name) => !/VERSION|DEPLOYMENT/.test(name));
  test.each(variables)('when %s holds it by mistake', async (variable) => {
    const trust = await makeTrust();
    const { token } = await trust.mint();
    const other = generateSecret();
    for (const value of [other, token, `https://user:${other}@quilt.example.org/${token}`]) {
      const log = new LogCapture();
      const environment = mcpEnvironment(trust, { ...TRACE, [variable]: value });
      const outcome = await startMcpService(environment, log).catch((error: unknown) => error);
      // Of any other error the process would print more than its message.
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(StartError);
      else closeLater(outcome as RunningService);
      const said = outcome instanceof Error ? outcome.message : '';
      expect(found(log.text + said, marksOf([...secretPartsOf(token), other, trust.secret]))).toEqual([]);
    }
  });
});

test('the catalog logs no login, no token and no secret, for any request', async () => {
  const trust = await makeTrust();
  const registry = closeLater(await startRegistry());
  const service = closeLater(new BundledService('catalog', catalogEnvironment(trust, registry.url, TRACE)));
  const url = await service.listening();
  const login = await loginAs(registry.url, 'alice');
  const endpoint = `${url}/api/auth/mcp_token`;
  const { token } = (await (await fetch(endpoint, { method: 'POST', headers: bearer(login) })).json()) as {
    token: string;
  };
  const shown = [login, token, resign(login, 'another key'), `${login}x`];
  for (const each of shown) {
    await fetch(endpoint, { method: 'POST', headers: bearer(each) });
    await fetch(endpoint, { method: 'POST', headers: { authorization: `Basic ${each}` } });
    await fetch(`${endpoint}?token=${each}`, { method: 'POST', body: each });
    await fetch(`${url}/${each}`);
    await fetch(endpoint, { headers: bearer(each) });
  }
  await registry.close();
  await fetch(endpoint, { method: 'POST', headers: bearer(login) });
  const output = await stopped(service);
  for (const event of ['token_minted', 'login_required', 'registry_unreachable']) expect(output).toContain(event);
  for (const mark of [...shown.flatMap(partsOf), ...spellingsOf(trust.secret)])
    expect(output.includes(mark)).toBe(false);
});

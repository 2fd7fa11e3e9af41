import type { McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { callerOf } from '../../../services/mcp/principal.ts';
import type { Tool } from '../../../services/mcp/tools/define-tool.ts';
import { type EndpointUnderTest, startEndpoint } from '../support/mcp-endpoint.ts';
import { bearer, callTool, modern, openSession, post } from '../support/rpc.ts';
import { makeTrust, type Trust } from '../support/trust-fixture.ts';

/** Calls that wait, by their word, until the test lets them go on. */
const waiting = new Map<string, () => void>();
const aborted: string[] = [];

/** What the tools here do not use: they do without `defineTool`, to see more of the protocol. */
const OPEN = { permissions: [], input: z.object({}), output: z.object({}) };

/** Says who calls, after having waited: `word` distinguishes the calls of a test. */
const whoami: Tool = {
  name: 'whoami',
  ...OPEN,
  register: (server: McpServer) => {
    const inputSchema = z.object({ word: z.string(), wait: z.boolean().optional() });
    server.registerTool('whoami', { inputSchema }, async ({ word, wait }, context) => {
      context.mcpReq.signal.addEventListener('abort', () => aborted.push(word));
      if (wait) await new Promise<void>((resolve) => waiting.set(word, resolve));
      const sub = callerOf(context.http?.authInfo)?.principal.claims.sub;
      return { content: [{ type: 'text', text: `${sub} ${word}` }] };
    });
  },
};

/** Tells of its progress before it ends. */
const talkative: Tool = {
  name: 'talkative',
  ...OPEN,
  register: (server: McpServer) => {
    server.registerTool('talkative', { inputSchema: z.object({}) }, async (_input, context) => {
      const progressToken = context.mcpReq._meta?.progressToken ?? 'none';
      await context.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress: 1 } });
      return { content: [{ type: 'text', text: 'done' }] };
    });
  },
};

/** Asks its client something, which no client must ever be. */
const curious: Tool = {
  name: 'curious',
  ...OPEN,
  register: (server: McpServer) => {
    server.registerTool('curious', { inputSchema: z.object({}) }, async () => {
      await server.server.listRoots();
      return { content: [] };
    });
  },
};

let trust: Trust;
let server: EndpointUnderTest;
let url: string;
const people = new Map<string, { readonly authorization: string }>();

beforeAll(async () => {
  trust = await makeTrust();
  server = await startEndpoint(trust, [whoami, talkative, curious]);
  url = `${server.url}/mcp`;
  for (const subject of ['alice', 'bob']) people.set(subject, bearer((await trust.mint({ subject })).token));
});
afterAll(() => server.stop());
beforeEach(() => {
  waiting.clear();
  aborted.splice(0);
});

const alice = () => people.get('alice') ?? { authorization: '' };
const textOf = ({ message }: Awaited<ReturnType<typeof post>>) => message.result.content[0].text;
const modernCall = (word: string, wait = false) => modern('tools/call', { name: 'whoami', arguments: { word, wait } });

/** Resolves once the call waits. */
async function untilWaiting(word: string): Promise<() => void> {
  for (;;) {
    const release = waiting.get(word);
    if (release !== undefined) return release;
    await new Promise(setImmediate);
  }
}

test('200 calls at once of two people under equal IDs, in both eras: each gets its own answer (B24)', async () => {
  const sessions = new Map([...people.keys()].map((name) => [name, openSession(url)]));
  const calls = Array.from({ length: 200 }, (_, index) => ({
    word: `word-${index}`,
    who: index % 2 === 0 ? 'alice' : 'bob',
    isModern: index % 4 < 2,
  }));
  const answers = calls.map(async ({ word, who, isModern }) => {
    const token = people.get(who);
    if (isModern) {
      const { message, headers } = modernCall(word, true);
      return post(url, { ...message, id: 1 }, { ...headers, ...token });
    }
    const message = { ...callTool('whoami', { word, wait: true }), id: 1 };
    return post(url, message, { ...(await sessions.get(who)), ...token });
  });
  const releases = await Promise.all(calls.map(({ word }) => untilWaiting(word)));
  // The last one in is the first one out.
  for (const release of releases.toReversed()) release();
  const answer = await Promise.all(answers);
  expect(answer.map(textOf)).toEqual(calls.map(({ word, who }) => `${who} ${word}`));
  expect(new Set(answer.map(({ message }) => message.id))).toEqual(new Set([1]));
});

test('IDs of all kinds are returned unchanged', async () => {
  const session = await openSession(url);
  for (const id of ['1', 1, 0, '', 'ü', Number.MAX_SAFE_INTEGER]) {
    const { message } = await post(url, { ...callTool('whoami', { word: 'x' }), id }, { ...session, ...alice() });
    expect(message.id).toBe(id);
  }
});

test('what a tool says on its way makes the answer a stream, in both eras', async () => {
  const session = await openSession(url);
  const call = modern('tools/call', { name: 'talkative', arguments: {} });
  const requests = [
    { message: callTool('talkative'), headers: session },
    { message: call.message, headers: call.headers },
  ];
  for (const { message, headers } of requests) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        ...headers,
        ...alice(),
      },
      body: JSON.stringify(message),
    });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const events = (await answer.text()).split('\n').filter((line) => line.startsWith('data: '));
    const messages = events.map((line) => JSON.parse(line.slice(6)));
    expect(messages).toMatchObject([{ method: 'notifications/progress' }, { id: message.id, result: {} }]);
  }
});

test('a client that takes streams only gets one, and one that takes neither form gets 406 (B22)', async () => {
  const session = await openSession(url);
  const message = callTool('whoami', { word: 'x' });
  const stream = await post(url, message, { ...session, ...alice(), accept: 'text/event-stream' });
  expect([stream.headers.get('content-type'), textOf(stream)]).toEqual(['text/event-stream', 'alice x']);
  const json = await post(url, message, { ...session, ...alice(), accept: 'application/json' });
  expect([json.headers.get('content-type'), textOf(json)]).toEqual(['application/json', 'alice x']);
  const neither = await post(url, message, { ...session, ...alice(), accept: 'text/html' });
  expect([neither.status, neither.message.error.data.reason]).toEqual([406, 'not_acceptable']);
});

test('a tool cannot ask a client anything: the answer could reach another task', async () => {
  const session = await openSession(url);
  const { message } = await post(url, callTool('curious'), { ...session, ...alice() });
  expect(message.result.isError).toBe(true);
});

describe('cancelling', () => {
  const cancelling = (requestId: unknown) => ({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId },
  });
  const call = (id: string | number, word: string) => ({ ...callTool('whoami', { word, wait: true }), id });

  test('ends the request of that ID in that session, without an answer, and no other one', async () => {
    const session = { ...(await openSession(url)), ...alice() };
    const others = { ...(await openSession(url)), ...alice() };
    const mine = post(url, call(1, 'mine'), session);
    const text = post(url, call('1', 'text'), session);
    const other = post(url, call(1, 'other'), others);
    await Promise.all(['mine', 'text', 'other'].map(untilWaiting));
    expect((await post(url, cancelling(1), session)).status).toBe(202);
    const ended = await mine;
    expect([ended.status, ended.message]).toEqual([200, undefined]);
    expect(aborted).toEqual(['mine']);
    for (const word of ['mine', 'text', 'other']) waiting.get(word)?.();
    expect([textOf(await text), textOf(await other)]).toEqual(['alice text', 'alice other']);
  });

  test('of another user’s request does nothing', async () => {
    // Begun without a token on another task, so that here the session is that of the first one seen: alice.
    const session = await openSession(url);
    const answer = post(url, call(7, 'mine'), { ...session, ...alice() });
    const release = await untilWaiting('mine');
    expect((await post(url, cancelling(7), { ...session, ...people.get('bob') })).status).toBe(403);
    expect((await post(url, cancelling(7), session)).status).toBe(401);
    release();
    expect(textOf(await answer)).toBe('alice mine');
    expect(aborted).toEqual([]);
  });

  test('by hanging up ends a request of the modern era, and none of a session', async () => {
    const hangUp = new AbortController();
    const send = (message: object, headers: object) =>
      fetch(url, {
        method: 'POST',
        signal: hangUp.signal,
        headers: { 'content-type': 'application/json', ...headers, ...alice() },
        body: JSON.stringify(message),
      }).catch(() => undefined);
    const { message, headers } = modernCall('modern', true);
    const requests = [send(message, headers), send(call(1, 'legacy'), await openSession(url))];
    await Promise.all(['modern', 'legacy'].map(untilWaiting));
    hangUp.abort();
    await Promise.all(requests);
    while (aborted.length === 0) await new Promise(setImmediate);
    expect(aborted).toEqual(['modern']);
    for (const release of waiting.values()) release();
  });
});

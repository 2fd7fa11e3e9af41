import { findTasksAccepting } from '../../../../lambda/rotation/aws/probes.ts';
import { bodyOf, closeServers, serve, unusedOrigin } from '../../support/servers.ts';
import { SETTINGS } from '../support/settings.ts';

const TOKEN = 'token-of-a-retired-secret';
const [ONE, OTHER] = ['00000000000000aa', '00000000000000bb'];

/** A task as it answers: its status, and its name, if it gives one. */
type Answer = { readonly status: number; readonly task?: string | undefined };

afterEach(closeServers);

/** A load balancer that goes round these tasks. */
async function balance(...tasks: readonly Answer[]): Promise<{ origin: string; shown: string[] }> {
  const shown: string[] = [];
  const origin = await serve(async (request, response) => {
    const { method } = JSON.parse(await bodyOf(request)) as { method: string };
    const { status, task } = tasks[shown.length % tasks.length] as Answer;
    shown.push(`${request.url} ${method} ${request.headers.authorization}`);
    response.writeHead(status, task === undefined ? {} : { 'x-quilt-task': task }).end(`{"echo":"${TOKEN}"}`);
  });
  return { origin, shown };
}

function ask(origin: string, running: number): Promise<readonly string[]> {
  const settings = { ...SETTINGS, mcpUrl: new URL('/mcp', origin) };
  return findTasksAccepting(TOKEN, running, settings, new AbortController().signal);
}

test('returns no problem when each task refused the token', async () => {
  const { origin, shown } = await balance({ status: 401, task: ONE }, { status: 401, task: OTHER });
  expect(await ask(origin, 2)).toEqual([]);
  expect(new Set(shown)).toEqual(new Set([`/mcp tools/list Bearer ${TOKEN}`]));
});

test.each([200, 403, 503])(
  'one of two tasks that answers %d is a problem, and the token is not shown',
  async (status) => {
    const { origin } = await balance({ status: 401, task: ONE }, { status, task: OTHER });
    expect(await ask(origin, 2)).toEqual([`A token of the retired secret got ${status}, not 401, from task ${OTHER}.`]);
  },
);

test('asks until it has seen the one task that still accepts it', async () => {
  const refuse = { status: 401, task: ONE };
  const { origin } = await balance(...Array.from({ length: 30 }, () => refuse), { status: 200, task: OTHER });
  expect(await ask(origin, 2)).toEqual([expect.stringContaining(OTHER)]);
});

test('a task that was not seen may accept it', async () => {
  const { origin } = await balance({ status: 401, task: ONE });
  expect(await ask(origin, 2)).toEqual(['ECS runs 2 MCP tasks; 1 were seen to refuse a token of the retired secret.']);
});

test('tasks without a name are asked as often as there may be tasks to find', async () => {
  const { origin, shown } = await balance({ status: 401 });
  expect(await ask(origin, 2)).toEqual([]);
  expect(shown.length).toBeGreaterThanOrEqual(50);
});

test('one task without a name that accepts it is found among those that do not', async () => {
  const refusing = Array.from({ length: 20 }, () => ({ status: 401 }));
  const { origin } = await balance(...refusing, { status: 200 });
  expect(await ask(origin, 2)).toEqual(['A token of the retired secret got 200, not 401, from task (unnamed).']);
});

test('an MCP without a running task proves nothing', async () => {
  const { origin, shown } = await balance({ status: 401, task: ONE });
  expect(await ask(origin, 0)).toEqual(['No MCP task is running, so none could be asked.']);
  expect(shown).toEqual([]);
});

test('an MCP that cannot be reached proves nothing', async () => {
  expect(await ask(await unusedOrigin(), 2)).toEqual(['MCP could not be asked (ECONNREFUSED).']);
});

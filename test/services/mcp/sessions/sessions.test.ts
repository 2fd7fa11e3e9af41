import { Principal } from '../../../../services/mcp/principal.ts';
import { Sessions } from '../../../../services/mcp/sessions.ts';
import { makeTrust, type Trust } from '../../support/trust-fixture.ts';

const HOUR = 3600;
const VERSION = '2025-11-25';
let trust: Trust;
let now: number;
let alice: Principal;
let bob: Principal;

const principal = async (subject: string) => new Principal((await trust.mint({ subject })).claims, trust.keyId);
const task = (capacity?: number) => new Sessions({ now: () => now, ...(capacity !== undefined && { capacity }) });

beforeAll(async () => {
  trust = await makeTrust();
  alice = await principal('alice');
  bob = await principal('bob');
});
beforeEach(() => {
  now = 1_900_000_000;
});

test('any task serves a session that another one began', () => {
  const id = task().begin(VERSION, undefined);
  const verdict = task().enter(id, alice);
  const session = { startedAt: now, endsAt: now + 12 * HOUR, protocolVersion: VERSION, boundBy: 'first token' };
  expect(verdict).toEqual({ kind: 'open', session, tokenChanged: false });
});

test('a session that a token began is its principal’s, on every task', () => {
  const id = task().begin(VERSION, alice);
  const other = task();
  expect(other.enter(id, bob).kind).toBe('foreign');
  expect(other.enter(id, alice)).toMatchObject({ kind: 'open', session: { boundBy: 'initialize' } });
});

test('a session begun without a token is, on each task, that of the first principal seen there', () => {
  const id = task().begin(VERSION, undefined);
  const [one, two] = [task(), task()];
  expect(one.enter(id, undefined).kind).toBe('open');
  expect(one.enter(id, alice).kind).toBe('open');
  expect(one.enter(id, bob).kind).toBe('foreign');
  expect(one.enter(id, alice).kind).toBe('open');
  expect(two.enter(id, bob).kind).toBe('open');
});

test('another token of the same user continues the session, and is reported once', async () => {
  const tasks = task();
  const id = tasks.begin(VERSION, alice);
  const changed = (who: Principal) => {
    const verdict = tasks.enter(id, who);
    return verdict.kind === 'open' && verdict.tokenChanged;
  };
  const renewed = await principal('alice');
  expect([alice, alice, renewed, renewed].map(changed)).toEqual([false, false, true, false]);
});

test('a session ends after 12 hours, however busy it is', () => {
  const tasks = task();
  const id = tasks.begin(VERSION, alice);
  for (let passed = 0; passed < 12 * HOUR; passed += HOUR / 2) {
    expect(tasks.enter(id, alice).kind).toBe('open');
    now += HOUR / 2;
  }
  expect(tasks.enter(id, alice).kind).toBe('unknown');
});

test('a session that was idle for over an hour is over on that task', () => {
  const tasks = task();
  const id = tasks.begin(VERSION, alice);
  tasks.enter(id, alice);
  now += HOUR;
  expect(tasks.enter(id, alice).kind).toBe('open');
  now += HOUR + 1;
  expect(tasks.enter(id, alice).kind).toBe('unknown');
  expect(tasks.enter(id, alice).kind).toBe('unknown');
});

test('an ended session stays ended on that task', () => {
  const tasks = task();
  const id = tasks.begin(VERSION, alice);
  tasks.enter(id, alice);
  tasks.end(id);
  expect(tasks.enter(id, alice).kind).toBe('unknown');
  expect(task().enter(id, alice).kind).toBe('open');
});

test('none named, none known', () => {
  expect(task().enter(undefined, alice).kind).toBe('missing');
  expect(task().enter('', alice).kind).toBe('missing');
  expect(task().enter('made-up', alice).kind).toBe('unknown');
});

test('memory is bounded: the least recently used session is evicted, and can still continue', () => {
  const tasks = task(3);
  const ids = Array.from({ length: 4 }, () => tasks.begin(VERSION, undefined));
  for (const id of ids.slice(0, 3)) tasks.enter(id, alice);
  tasks.enter(ids[0], alice);
  tasks.enter(ids[3], alice);
  expect(tasks.size).toBe(3);
  // Forgotten: bob is the first one seen. Remembered: still alice's.
  expect(tasks.enter(ids[0], bob).kind).toBe('foreign');
  expect(tasks.enter(ids[1], bob).kind).toBe('open');
});

import { BundledService, buildServices } from './support/bundled-service.ts';
import { closeAfterEach } from './support/close-after-each.ts';
import { RoundRobin } from './support/round-robin.ts';
import { bearer, callTool, INITIALIZE, modern, openSession, post, TOOLS_LIST } from './support/rpc.ts';
import { mcpEnvironment } from './support/running-services.ts';
import { makeTrust } from './support/trust-fixture.ts';

const CLIENTS = 6;
const ROLL_OUTS = 2;
/** What every task has answered before the next rollout begins, so that each is busy when it is stopped. */
const ANSWERS_OF_EACH = 50;
const closeLater = closeAfterEach();

beforeAll(buildServices);

/** Calls without a pause, and remembers whatever was not served; `until` reports the progress. */
class Callers {
  readonly failures: string[] = [];
  readonly #answersOf = new Map<string, number>();
  readonly #running: Promise<void>[];
  #over = false;
  #onAnswer: () => void = () => {};

  constructor(url: string, authorization: Readonly<Record<string, string>>) {
    this.#running = Array.from({ length: CLIENTS }, (_, number) => this.#call(url, authorization, number));
  }

  /** Resolves once so many tasks have answered as often as they have to, not counting what was before. */
  tasksAtWork(count: number): Promise<void> {
    this.#answersOf.clear();
    return new Promise((resolve) => {
      this.#onAnswer = () => {
        const atWork = [...this.#answersOf.values()].filter((answers) => answers >= ANSWERS_OF_EACH);
        if (atWork.length >= count) resolve();
      };
    });
  }

  async close(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#running);
  }

  async #call(url: string, authorization: Readonly<Record<string, string>>, number: number): Promise<void> {
    const session = await openSession(url, authorization);
    const { message, headers } = modern('tools/list');
    const requests = [
      () => post(url, TOOLS_LIST, { ...session, ...authorization }),
      () => post(url, message, { ...headers, ...authorization }),
      () => post(url, callTool('jwt_diagnostics'), { ...session, ...authorization }),
      () => post(url, INITIALIZE, authorization),
    ];
    for (let turn = number; !this.#over; turn += 1) {
      try {
        const answer = await requests[turn % requests.length]?.();
        if (answer?.message.result === undefined) this.failures.push(`${answer?.status} ${answer?.message.error}`);
        const task = answer?.headers.get('x-quilt-task') ?? 'none';
        this.#answersOf.set(task, (this.#answersOf.get(task) ?? 0) + 1);
      } catch (error) {
        this.failures.push(String(error));
      }
      this.#onAnswer();
    }
  }
}

test('no request fails while tasks are replaced under load, though the load balancer hears of it late', async () => {
  const trust = await makeTrust();
  const balancer = closeLater(await RoundRobin.start());
  const startTask = async () => {
    const task = closeLater(new BundledService('mcp', mcpEnvironment(trust, { LOG_LEVEL: 'info' })));
    const url = await task.listening();
    return { task, url };
  };
  const startBoth = async () => {
    const both = await Promise.all([startTask(), startTask()]);
    for (const { url } of both) balancer.register(url);
    return both;
  };

  let serving = await startBoth();
  const callers = new Callers(`${balancer.url}/mcp`, bearer((await trust.mint()).token));
  for (let rollOut = 0; rollOut < ROLL_OUTS; rollOut += 1) {
    await callers.tasksAtWork(2);
    const next = await startBoth();
    // ECS does it the other way round, with a quarter of a minute in between.
    const deregistered = serving.map(({ url }) => balancer.deregisterWhenTold(url));
    for (const { task } of serving) task.signal('SIGTERM');
    await Promise.all(deregistered);
    expect(await Promise.all(serving.map(({ task }) => task.exited))).toEqual([0, 0]);
    serving = next;
  }
  await callers.tasksAtWork(2);
  await callers.close();
  expect(callers.failures).toEqual([]);
}, 60_000);

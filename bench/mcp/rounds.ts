import { type Call, type LoadReport, load } from './load.ts';
import type { ServerProcess } from './server-process.ts';
import type { Subject } from './subjects.ts';

/** A server that runs, with the call that it is measured by. */
export type Running = { readonly subject: Subject; readonly server: ServerProcess; readonly call: Call };

const ROUNDS = 5;
const ROUND_MS = 4_000;
/** Until the compiler has seen enough: Node recompiles a path while it learns what runs there. */
const WARM_REQUESTS = 20_000;
const WARM_MS = 6_000;

/**
 * Measures all servers in turn, round by round, so that whatever happens to the machine meanwhile happens to all of
 * them.
 *
 * @returns for each server its CPU time for one request, in microseconds, by round
 * @throws Error when a single answer was not right
 */
export async function measureInRounds(
  all: readonly Running[],
  progress: (text: string) => void,
): Promise<ReadonlyMap<Running, readonly number[]>> {
  const figures = new Map(all.map((running) => [running, [] as number[]]));
  for (const running of all) {
    progress(`warming up ${nameOf(running)}`);
    const end = Date.now() + WARM_MS;
    mustBeRight(running, await load(running.call, (begun) => begun < WARM_REQUESTS && Date.now() < end));
  }
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const running of all) {
      progress(`round ${round} of ${ROUNDS}, ${nameOf(running)}`);
      figures.get(running)?.push(await measure(running));
    }
  }
  return figures;
}

async function measure(running: Running): Promise<number> {
  const { server, call } = running;
  const before = server.cpuMicroseconds();
  const end = Date.now() + ROUND_MS;
  const report = await load(call, () => Date.now() < end);
  const used = server.cpuMicroseconds() - before;
  mustBeRight(running, report);
  return used / report.requests;
}

function mustBeRight(running: Running, { requests, failures, firstFailure }: LoadReport): void {
  if (failures === 0) return;
  throw new Error(`${nameOf(running)}: ${failures} of ${requests} answers were wrong, the first: ${firstFailure}`);
}

function nameOf({ subject }: Running): string {
  return `${subject.name}, ${subject.era}`;
}

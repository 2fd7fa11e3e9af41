import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './until.ts';

/** A process has called, and waits for an answer. */
export interface Visit {
  readonly pid: number;
  /** Lets the process go on. */
  answer(body?: object): void;
}

/** Somebody outside the emulator whom its processes tell where they are, and who decides when they go on. */
export interface Witness {
  readonly url: string;
  /** The next visit of a kind that nobody has awaited yet. */
  next(kind: string): Promise<Visit>;
  /** How many visits of a kind there were. */
  count(kind: string): number;
  close(): Promise<void>;
}

/** Starts a witness; a process visits it with `GET /KIND?pid=NUMBER`. */
export async function startWitness(): Promise<Witness> {
  const counts = new Map<string, number>();
  const waiting: { kind: string; pid: number; response: ServerResponse }[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://witness');
    const kind = pathname.slice(1);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    waiting.push({ kind, pid: Number(searchParams.get('pid')), response });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async next(kind) {
      const index = await until(`a process has come with '${kind}'`, async () => {
        const found = waiting.findIndex((visit) => visit.kind === kind);
        return found < 0 ? undefined : found;
      });
      const [visit] = waiting.splice(index, 1);
      if (visit === undefined) throw new Error(`Two tests await '${kind}' at once.`);
      return { pid: visit.pid, answer: (body = {}) => void visit.response.end(JSON.stringify(body)) };
    },
    count: (kind) => counts.get(kind) ?? 0,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** Source of a service for `node -e` that is healthy at once and, told to stop, ends when the witness lets it. */
export function reluctantService(witness: string): string {
  return `process.on('SIGTERM', () => fetch('${witness}/draining?pid=' + process.pid).then(() => process.exit()));
    http.createServer((_, r) => r.end('ok')).listen(process.env.PORT, process.env.HOST);`;
}

/** Source of a Lambda function that answers what the witness answers. */
export function witnessedFunction(witness: string): string {
  return `exports.handler = async () => (await fetch('${witness}/invoked?pid=' + process.pid)).json();`;
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

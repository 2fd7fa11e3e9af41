import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { RunningService } from '../../../services/shared/run-service.ts';
import { openSession } from '../../services/support/rpc.ts';
import { startCatalog, startMcp } from '../../services/support/running-services.ts';
import { makeTrust, type Trust } from '../../services/support/trust-fixture.ts';
import { closeServers, serve } from '../support/servers.ts';

/** A request as the load balancer got it. */
export type Asked = {
  readonly path: string;
  /** The JSON-RPC method; the HTTP method where there is no message. */
  readonly rpcMethod: string;
  readonly id: unknown;
  /** The tool that is called, if any. */
  readonly tool: string | undefined;
  readonly token: string | undefined;
  readonly session: string | undefined;
};

/** Answers a request in place of the service when it gives `true`. */
export type Intercept = (asked: Asked, response: ServerResponse, request: IncomingMessage) => boolean | undefined;

/** What a service answered, to be changed before it is sent on. */
export type Answered = { status: number; readonly headers: Headers; body: string };
export type Rewrite = (asked: Asked, answered: Answered) => void;

/** What one task of each service is started with. */
export type Tasks = { readonly mcp: readonly TaskTrust[]; readonly catalog: readonly TaskTrust[] };
export type TaskTrust = Trust['environment'];

export type Deployment = {
  readonly origin: string;
  readonly asked: readonly Asked[];
  /** The IDs that the tasks give themselves. */
  readonly tasks: { readonly mcp: readonly string[]; readonly catalog: readonly string[] };
};

const running = new Set<RunningService>();

/** Ends every deployment and server of the test file; for `afterEach`. */
export async function closeDeployments(): Promise<void> {
  const services = [...running];
  running.clear();
  await closeServers();
  await Promise.all(services.map((service) => service.stop()));
}

async function start(service: Promise<RunningService>): Promise<{ readonly url: string; readonly task: string }> {
  const started = await service;
  running.add(started);
  const { headers } = await fetch(`${started.url}/healthz`);
  return { url: started.url, task: headers.get('x-quilt-task') ?? '' };
}

function read(request: IncomingMessage, body: string): Asked {
  const message = body === '' ? {} : JSON.parse(body);
  return {
    path: request.url ?? '',
    rpcMethod: String(message.method ?? request.method),
    id: message.id,
    tool: message.params?.name,
    token: request.headers.authorization?.replace('Bearer ', ''),
    session: request.headers['mcp-session-id']?.toString(),
  };
}

async function relay(request: IncomingMessage, body: string, url: string, session = {}): Promise<Answered> {
  const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
  const answer = await fetch(`${url}${request.url}`, {
    method: request.method ?? 'GET',
    headers: { ...(headers as Record<string, string>), ...session },
    ...(body && { body }),
  });
  return { status: answer.status, headers: new Headers(answer.headers), body: await answer.text() };
}

/**
 * The real services behind one origin, as a load balancer shows them: each request goes to the next task.
 *
 * @param options - the fault: `intercept` answers in place of a service, `rewrite` changes what it answered; `sessionless`: the
 *   MCP service is one that keeps no sessions
 */
export async function startDeployment(
  options: Tasks & {
    readonly intercept?: Intercept | undefined;
    readonly rewrite?: Rewrite | undefined;
    readonly sessionless?: boolean | undefined;
  },
): Promise<Deployment> {
  const mcp = await Promise.all(options.mcp.map(async (trust) => start(startMcp(await withTrust(trust)))));
  const catalog = await Promise.all(
    options.catalog.map(async (trust) => start(startCatalog(await withTrust(trust), 'http://127.0.0.1:9'))),
  );
  const hidden = options.sessionless ? await openSession(`${mcp[0]?.url}/mcp`) : undefined;
  const asked: Asked[] = [];
  const turns = { mcp: 0, catalog: 0 };

  function next(service: 'mcp' | 'catalog'): string {
    const tasks = service === 'mcp' ? mcp : catalog;
    turns[service] += 1;
    return tasks[turns[service] % tasks.length]?.url ?? '';
  }

  const origin = await serve(async (request, response) => {
    const body = await text(request);
    const one = read(request, body);
    asked.push(one);
    if (options.intercept?.(one, response, request)) return;
    const answered = await relay(request, body, next(one.path.startsWith('/mcp') ? 'mcp' : 'catalog'), hidden);
    if (options.sessionless) answered.headers.delete('mcp-session-id');
    options.rewrite?.(one, answered);
    answered.headers.delete('content-length');
    answered.headers.delete('transfer-encoding');
    response.writeHead(answered.status, Object.fromEntries(answered.headers)).end(answered.body);
  });
  const tasks = { mcp: mcp.map(({ task }) => task), catalog: catalog.map(({ task }) => task) };
  return { origin, asked, tasks };
}

async function withTrust(environment: TaskTrust): Promise<Trust> {
  return { ...(await makeTrust()), environment };
}

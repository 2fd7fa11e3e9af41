import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { parseKeySet } from '../../../auth/key-set.ts';
import { importVerificationKeys } from '../../../auth/verification-keys.ts';
import { verifyEnhancedToken } from '../../../auth/verify-enhanced-token.ts';
import { serve } from '../support/servers.ts';

/** A request as the services got it. */
export type Asked = { readonly path: string; readonly rpcMethod: string; readonly token: string | undefined };

/** Answers a request in place of the service when it gives `true`. */
export type Intercept = (asked: Asked, response: ServerResponse, request: IncomingMessage) => boolean | undefined;

export type Deployment = { readonly origin: string; readonly asked: readonly Asked[] };

export const MCP_TASK = '00000000000000aa';
export const CATALOG_TASK = '00000000000000cc';

const OPEN = new Set(['initialize', 'notifications/initialized', 'ping', 'DELETE']);

function createServer(tools: readonly string[]): McpServer {
  const server = new McpServer({ name: 'test', version: '1' }, { capabilities: { tools: {} } });
  for (const name of tools) {
    server.registerTool(name, { description: name }, async () => ({ content: [{ type: 'text', text: '{}' }] }));
  }
  return server;
}

async function relay(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  for await (const chunk of answer.body ?? []) response.write(chunk);
  response.end();
}

/**
 * A catalog and a real MCP server behind one origin, as a load balancer shows them.
 *
 * @param options - `keySet`: what the MCP server accepts; `signs`: the key ID that the catalog names; `intercept`: the fault
 */
export async function startDeployment(options: {
  readonly keySet: string;
  readonly signs: string;
  readonly tools?: readonly string[];
  readonly intercept?: Intercept;
}): Promise<Deployment> {
  const { keySet, signs, tools = ['discover_buckets', 'jwt_diagnostics'], intercept } = options;
  const keys = await importVerificationKeys(await parseKeySet(keySet));
  const handler = createMcpHandler(() => createServer(tools));
  const asked: Asked[] = [];

  async function isAllowed({ rpcMethod, token }: Asked): Promise<boolean> {
    if (token === undefined) return OPEN.has(rpcMethod);
    return verifyEnhancedToken(token, keys).then(
      () => true,
      () => false,
    );
  }

  const origin = await serve(async (request, response) => {
    const path = request.url ?? '';
    const body = await text(request);
    const rpcMethod = body === '' ? (request.method ?? '') : String(JSON.parse(body).method);
    const one = { path, rpcMethod, token: request.headers.authorization?.replace('Bearer ', '') };
    asked.push(one);
    const isMcp = path === '/mcp';
    response.setHeader('x-quilt-task', isMcp ? MCP_TASK : CATALOG_TASK);
    response.setHeader('x-quilt-key-ids', isMcp ? [...keys.keys()].join(',') : signs);
    if (intercept?.(one, response, request)) return;
    if (!isMcp) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!doctype html>');
    } else if (await isAllowed(one)) {
      const headers = new Headers(request.headers as Record<string, string>);
      const forwarded = new Request(new URL(path, origin), {
        method: request.method ?? 'GET',
        headers,
        ...(body && { body }),
      });
      await relay(await handler.fetch(forwarded), response);
    } else {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    }
  });
  return { origin, asked };
}

import { askOnce, mcpRequest } from '../../shared/ask.ts';
import type { Dial } from '../../shared/dial.ts';
import { failureOf, faultOfAnswer } from '../../shared/fault.ts';
import { CheckFailure } from '../fault.ts';
import { type McpOptions, McpSession } from '../mcp-client.ts';

/** The catalog's page is served. */
export async function checkCatalog(dial: Dial, url: URL): Promise<void> {
  const answer = await askOnce(dial, url, { headers: { accept: 'text/html' } }, 'GET /');
  if (answer.status >= 200 && answer.status < 300) return;
  const fault = faultOfAnswer(answer);
  if (fault === undefined || fault.kind === 'not-mcp' || fault.kind === 'mcp-error') {
    throw new CheckFailure(
      'no-page',
      `GET / gave ${answer.status}. Check the listener's default rule and the catalog's image.`,
    );
  }
  throw failureOf(fault, 'GET /');
}

/**
 * Something that speaks MCP answers at the endpoint, be it with a refusal. What stands in between is told here, once, so that
 * the checks after it tell about the service.
 */
export async function checkMcpReachable(dial: Dial, url: URL): Promise<void> {
  const fault = faultOfAnswer(await askOnce(dial, url, mcpRequest('ping'), 'ping'));
  if (fault === undefined || fault.kind === 'token-demanded' || fault.kind === 'mcp-error') return;
  throw failureOf(fault, 'ping');
}

/** A client can open a session before it has a token, as every browser does. */
export async function checkInitialize(options: McpOptions): Promise<McpSession> {
  const session = await McpSession.open(options);
  session.requireInitialize();
  return session;
}

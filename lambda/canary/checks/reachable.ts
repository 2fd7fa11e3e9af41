import { askOnce, mcpRequest } from '../../shared/ask.ts';
import type { Dial } from '../../shared/dial.ts';
import { failureOf, faultOfAnswer } from '../../shared/fault.ts';
import { CheckFailure } from '../fault.ts';
import { type McpOptions, McpSession } from '../mcp-client.ts';

/** Requires that the catalog serves its page. */
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
 * Requires that an MCP server answers at the endpoint, even with a refusal. Faults in between are reported once, here, so that later
 * checks report only on the service.
 */
export async function checkMcpReachable(dial: Dial, url: URL): Promise<void> {
  const fault = faultOfAnswer(await askOnce(dial, url, mcpRequest('ping'), 'ping'));
  if (fault === undefined || fault.kind === 'token-demanded' || fault.kind === 'mcp-error') return;
  throw failureOf(fault, 'ping');
}

/** Requires that a client can open a session before it has a token, as every browser does. */
export async function checkInitialize(options: McpOptions): Promise<McpSession> {
  const session = await McpSession.open(options);
  session.requireInitialize();
  return session;
}

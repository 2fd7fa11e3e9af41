import { askOnce } from '../../shared/http/ask-once.ts';
import type { Dial } from '../../shared/http/dial.ts';
import { failureOf, faultOfAnswer } from '../../shared/http/fault.ts';
import { mcpRequest } from '../../shared/http/mcp-request.ts';

/**
 * Something that speaks MCP answers at the endpoint, be it with a refusal. What stands in between is told here, once, so that
 * the checks after it tell about the service.
 */
export async function checkMcpReachable(dial: Dial, url: URL): Promise<void> {
  const fault = faultOfAnswer(await askOnce(dial, url, mcpRequest('ping'), 'ping'));
  if (fault === undefined || fault.kind === 'token-demanded' || fault.kind === 'mcp-error') return;
  throw failureOf(fault, 'ping');
}

import { CheckFailure } from '../fault.ts';
import type { McpSession } from '../mcp-client.ts';

const TOOL = 'discover_buckets';

/** The form of a tool's name in MCP 2025-11-25; other texts of a server stay out of the report. */
const TOOL_NAME = /^[A-Za-z0-9_.-]{1,128}$/;

/** A valid token is accepted from the notification on, and at least one tool is listed. */
export async function checkToolsList(session: McpSession): Promise<readonly string[]> {
  const listed = await session.listTools();
  await session.requireNoRefusal();
  const tools = listed.filter((name) => TOOL_NAME.test(name));
  if (tools.length === 0) throw new CheckFailure('no-tools: tools/list gave none. Check the image and its log.');
  return tools;
}

/** A tool that needs nothing but a valid token answers without an error. */
export async function checkToolCall(session: McpSession): Promise<void> {
  const endedWell = await session.callTool(TOOL);
  await session.requireNoRefusal();
  if (!endedWell) throw new CheckFailure(`tool-error: ${TOOL} ended with an error. Check the log of the service.`);
}

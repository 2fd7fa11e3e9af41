import { CheckFailure } from '../fault.ts';
import type { McpSession, ToolAnswer } from '../mcp-client.ts';

/** The tools that need nothing but a valid token, and tell what the service read in it. */
export const DISCOVER_BUCKETS = 'discover_buckets';
export const JWT_DIAGNOSTICS = 'jwt_diagnostics';
const EXPECTED_TOOLS = [DISCOVER_BUCKETS, JWT_DIAGNOSTICS];

/** The form of a tool's name in MCP 2025-11-25; other texts of a server stay out of the report. */
const TOOL_NAME = /^[A-Za-z0-9_.-]{1,128}$/;

/** A valid token is accepted from the notification on, and at least one tool is listed. */
export async function checkToolsList(session: McpSession): Promise<readonly string[]> {
  const listed = await session.listTools();
  await session.requireNoRefusal();
  const tools = listed.filter((name) => TOOL_NAME.test(name));
  if (tools.length === 0) throw new CheckFailure('no-tools', 'tools/list gave none. Check the image and its log.');
  return tools;
}

/** The tools that every image of this project has are there. */
export async function checkExpectedTools(tools: readonly string[]): Promise<void> {
  const missing = EXPECTED_TOOLS.filter((name) => !tools.includes(name));
  if (missing.length === 0) return;
  throw new CheckFailure(
    'tools-missing',
    `tools/list gave ${tools.length} tools without ${missing.join(', ')}. Check which image runs.`,
  );
}

/** A tool that needs nothing but a valid token answers without an error. */
export async function checkToolCall(session: McpSession, name = DISCOVER_BUCKETS): Promise<ToolAnswer> {
  const answer = await session.callTool(name);
  await session.requireNoRefusal();
  if (answer === undefined) {
    throw new CheckFailure('tool-error', `${name} ended with an error. Check the log of the service.`);
  }
  return answer;
}

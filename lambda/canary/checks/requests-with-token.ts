import type { EnhancedClaims } from '../../../auth/claims.ts';
import type { MintedToken } from '../../../auth/mint-enhanced-token.ts';
import { CheckFailure } from '../fault.ts';
import type { McpSession, ToolAnswer } from '../mcp-client.ts';

/** The tools that need nothing but a valid token, and return what the service read from it. */
const DISCOVER_BUCKETS = 'discover_buckets';
const JWT_DIAGNOSTICS = 'jwt_diagnostics';
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

const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** What `discover_buckets` should return for a token. */
function bucketsIn({ buckets, level }: EnhancedClaims): ToolAnswer {
  return { buckets, count: buckets.length, level };
}

/** What `jwt_diagnostics` should return for a token. */
function diagnosticsOf({ claims, keyId }: MintedToken): ToolAnswer {
  const { sub, iss, aud, level, scope, roles, permissions, buckets, exp } = claims;
  return {
    sub,
    iss,
    aud,
    level,
    scope,
    roles,
    permissions,
    bucket_count: buckets.length,
    key_id: keyId,
    expires_at: isoTime(exp),
  };
}

/** Fields only: their values are a server's, and stay out of the report. */
function requireSame(tool: string, told: ToolAnswer, expected: ToolAnswer): void {
  const wrong = Object.keys(expected)
    .filter((field) => Object.hasOwn(told, field))
    .filter((field) => JSON.stringify(told[field]) !== JSON.stringify(expected[field]));
  if (wrong.length === 0) return;
  throw new CheckFailure(
    'identity-mismatch',
    `${tool} answers with another ${wrong.join(', ')} than the token of that request carries. Requests run as another user: take the image out of service.`,
  );
}

/** Silence proves nothing, and this check passes on proof only. */
function requireTold(tool: string, told: ToolAnswer, fields: readonly string[]): void {
  const untold = fields.filter((field) => !Object.hasOwn(told, field));
  if (untold.length === 0) return;
  throw new CheckFailure(
    'not-provable',
    `${tool} does not report ${untold.join(', ')}, so it cannot be proved whom requests run as. Check which image runs.`,
  );
}

/**
 * A request runs as its own token says: the buckets are the token's, and a renewed token on the same session is looked at.
 *
 * @param tools - what the service lists
 * @param found - what `discover_buckets` answered to the first token
 */
export async function checkIdentity(
  session: McpSession,
  { first, renewed }: { readonly first: MintedToken; readonly renewed: MintedToken },
  tools: readonly string[],
  found: ToolAnswer,
): Promise<void> {
  requireSame(DISCOVER_BUCKETS, found, bucketsIn(first.claims));
  requireTold(DISCOVER_BUCKETS, found, ['count']);
  if (!tools.includes(JWT_DIAGNOSTICS)) {
    throw new CheckFailure(
      'not-provable',
      `there is no ${JWT_DIAGNOSTICS}, so it cannot be proved whom requests run as. Check which image runs.`,
    );
  }
  session.useToken(renewed);
  const told = await checkToolCall(session, JWT_DIAGNOSTICS);
  requireSame(JWT_DIAGNOSTICS, told, diagnosticsOf(renewed));
  requireTold(JWT_DIAGNOSTICS, told, ['sub', 'expires_at']);
}

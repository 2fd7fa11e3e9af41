import type { EnhancedClaims } from '../../../auth/claims.ts';
import type { MintedToken } from '../../../auth/mint-enhanced-token.ts';
import { CheckFailure } from '../fault.ts';
import type { McpSession, ToolAnswer } from '../mcp-client.ts';

/** Tools that require only a valid token, and return what the service read from it. */
const DISCOVER_BUCKETS = 'discover_buckets';
const JWT_DIAGNOSTICS = 'jwt_diagnostics';
const EXPECTED_TOOLS = [DISCOVER_BUCKETS, JWT_DIAGNOSTICS];

/** The form of a tool's name in MCP 2025-11-25; other server text stays out of the report. */
const TOOL_NAME = /^[A-Za-z0-9_.-]{1,128}$/;

/** Requires that a valid token is accepted from the notification on, and that at least one tool is listed. */
export async function checkToolsList(session: McpSession): Promise<readonly string[]> {
  const listed = await session.listTools();
  await session.requireNoRefusal();
  const tools = listed.filter((name) => TOOL_NAME.test(name));
  if (tools.length === 0) throw new CheckFailure('no-tools', 'tools/list gave none. Check the image and its log.');
  return tools;
}

/** Requires the tools that every image of this project has. */
export async function checkExpectedTools(tools: readonly string[]): Promise<void> {
  const missing = EXPECTED_TOOLS.filter((name) => !tools.includes(name));
  if (missing.length === 0) return;
  throw new CheckFailure(
    'tools-missing',
    `tools/list gave ${tools.length} tools but not ${missing.join(', ')}. Check which image runs.`,
  );
}

/** Requires that a tool that needs only a valid token answers without an error. */
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

/** Reports field names only: the values come from a server and stay out of the report. */
function requireSame(tool: string, answer: ToolAnswer, expected: ToolAnswer): void {
  const wrong = Object.keys(expected)
    .filter((field) => Object.hasOwn(answer, field))
    .filter((field) => JSON.stringify(answer[field]) !== JSON.stringify(expected[field]));
  if (wrong.length === 0) return;
  throw new CheckFailure(
    'identity-mismatch',
    `${tool} answers with another ${wrong.join(', ')} than the token of that request carries. Requests run as another user: take the image out of service.`,
  );
}

/** A missing field proves nothing, and this check passes only on proof. */
function requireFields(tool: string, answer: ToolAnswer, fields: readonly string[]): void {
  const missing = fields.filter((field) => !Object.hasOwn(answer, field));
  if (missing.length === 0) return;
  throw new CheckFailure(
    'not-provable',
    `${tool} does not report ${missing.join(', ')}, so it cannot be proved whom requests run as. Check which image runs.`,
  );
}

/**
 * Requires that a request runs with its own token: the buckets are those of the token, and a renewed token takes effect on the same
 * session.
 *
 * @param tools - that the service lists
 * @param found - the answer of `discover_buckets` to the first token
 */
export async function checkIdentity(
  session: McpSession,
  { first, renewed }: { readonly first: MintedToken; readonly renewed: MintedToken },
  tools: readonly string[],
  found: ToolAnswer,
): Promise<void> {
  requireSame(DISCOVER_BUCKETS, found, bucketsIn(first.claims));
  requireFields(DISCOVER_BUCKETS, found, ['count']);
  if (!tools.includes(JWT_DIAGNOSTICS)) {
    throw new CheckFailure(
      'not-provable',
      `there is no ${JWT_DIAGNOSTICS}, so it cannot be proved whom requests run as. Check which image runs.`,
    );
  }
  session.useToken(renewed);
  const answer = await checkToolCall(session, JWT_DIAGNOSTICS);
  requireSame(JWT_DIAGNOSTICS, answer, diagnosticsOf(renewed));
  requireFields(JWT_DIAGNOSTICS, answer, ['sub', 'expires_at']);
}

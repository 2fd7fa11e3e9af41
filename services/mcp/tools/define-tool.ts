import type { CallToolResult, McpServer, StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { AuthError } from '../../../auth/errors.ts';
import { missingPermissions } from '../../../auth/tool-permissions.ts';
import type { Logger } from '../../shared/logger.ts';
import { type Principal, principalOf } from '../principal.ts';

/** A tool, ready to be registered with any number of servers. */
export type Tool = { readonly name: string; readonly register: (server: McpServer, logger: Logger) => void };

export type ToolDefinition<Input, Output extends Record<string, unknown>> = {
  readonly name: string;
  readonly title: string;
  /** Read by a language model: what it answers, and when to call it. */
  readonly description: string;
  readonly input: StandardSchemaWithJSON<unknown, Input>;
  readonly output: StandardSchemaWithJSON<Output>;
  /** Runs only for a principal that has every permission the tool needs. */
  readonly run: (principal: Principal, input: Input) => Promise<Output> | Output;
};

/** Why a call was not carried out; the equivalent of HTTP 403, inside the tool's result, where the model can read it. */
type Refusal = {
  readonly error: 'unauthenticated' | 'tool_not_listed' | 'permission_missing';
  readonly message: string;
};

/**
 * The only way to a tool. Every call is checked against `TOOL_PERMISSIONS` at the moment it is made, and refused when
 * anything is unclear: no principal, or a tool that the table does not list.
 */
export function defineTool<Input, Output extends Record<string, unknown>>(
  definition: ToolDefinition<Input, Output>,
): Tool {
  const { name, title, description, input, output, run } = definition;
  const register = (server: McpServer, logger: Logger): void => {
    const config = {
      title,
      description,
      inputSchema: input,
      outputSchema: output,
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    };
    server.registerTool(name, config, async (args, context): Promise<CallToolResult> => {
      const principal = principalOf(context.http?.authInfo);
      const refusal = refusalOf(name, principal);
      if (principal === undefined || refusal !== undefined) {
        logger.warn(
          { event: 'tool_refused', tool: name, sub: principal?.claims.sub, reason: refusal?.error },
          refusal?.message,
        );
        return { isError: true, content: [{ type: 'text', text: JSON.stringify(refusal) }] };
      }
      const { sub } = principal.claims;
      try {
        const result = await run(principal, args);
        logger.info({ event: 'tool_called', tool: name, sub }, 'tool called');
        return { structuredContent: result, content: [{ type: 'text', text: JSON.stringify(result) }] };
      } catch (error) {
        logger.error({ event: 'tool_failed', tool: name, sub, err: error }, 'tool failed');
        // The SDK makes it an error inside the result.
        throw error;
      }
    });
  };
  return { name, register };
}

function refusalOf(tool: string, principal: Principal | undefined): Refusal | undefined {
  if (principal === undefined) return { error: 'unauthenticated', message: 'This tool needs an enhanced token.' };
  try {
    const missing = missingPermissions(tool, principal.claims.permissions);
    if (missing.length === 0) return undefined;
    return { error: 'permission_missing', message: `Your role lacks ${missing.join(', ')}.` };
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return { error: 'tool_not_listed', message: error.message };
  }
}

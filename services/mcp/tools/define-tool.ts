import type { CallToolResult, McpServer, StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { AuthError } from '../../../auth/errors.ts';
import { missingPermissions } from '../../../auth/tool-permissions.ts';
import type { Logger } from '../../shared/logger.ts';
import { safeError } from '../../shared/safe-error.ts';
import type { BucketAccess } from '../buckets/bucket-access.ts';
import { type Caller, callerOf } from '../caller.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { ServiceFacts } from '../service-facts.ts';
import { ToolError } from '../tool-error.ts';

/** What tools work with, besides their caller: the same for all of them. */
export type ToolServices = {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly buckets: BucketAccess;
  readonly facts: ServiceFacts;
};

/** What a tool runs with. */
export type ToolContext = Caller & {
  readonly buckets: BucketAccess;
  readonly facts: ServiceFacts;
  /** Fires when nobody waits for the result any more. */
  readonly signal: AbortSignal;
};

/** A tool, ready to be registered with any number of servers. */
export type Tool = { readonly name: string; readonly register: (server: McpServer, services: ToolServices) => void };

export type ToolDefinition<Input, Output extends Record<string, unknown>> = {
  readonly name: string;
  readonly title: string;
  /** Read by a language model: what it answers, and when to call it. */
  readonly description: string;
  readonly input: StandardSchemaWithJSON<unknown, Input>;
  readonly output: StandardSchemaWithJSON<Output>;
  /** What the tool does to the world. @default it reads, within this deployment */
  readonly annotations?: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint?: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
  /**
   * Runs only for a principal that has every permission the tool needs.
   *
   * @throws ToolError for what the caller can act on; anything else is a fault of the service, and told as such
   */
  readonly run: (context: ToolContext, input: Input) => Promise<Output> | Output;
};

const READS = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };

/**
 * The only way to a tool. Every call is checked against `TOOL_PERMISSIONS` at the moment it is made, and refused when
 * anything is unclear: no principal, or a tool that the table does not list.
 */
export function defineTool<Input, Output extends Record<string, unknown>>(
  definition: ToolDefinition<Input, Output>,
): Tool {
  const { name, title, description, input, output, annotations = READS, run } = definition;
  const register = (server: McpServer, { logger, metrics, buckets, facts }: ToolServices): void => {
    const config = { title, description, inputSchema: input, outputSchema: output, annotations };
    server.registerTool(name, config, async (args, context): Promise<CallToolResult> => {
      const caller = callerOf(context.http?.authInfo);
      const began = performance.now();
      try {
        const permitted = requirePermission(name, caller);
        const result = await run({ ...permitted, buckets, facts, signal: context.mcpReq.signal }, args);
        const milliseconds = performance.now() - began;
        metrics.toolCalled(name, 'ok', milliseconds);
        logger.info({ event: 'tool_called', tool: name, ...whoOf(caller), milliseconds }, 'tool called');
        return { structuredContent: result, content: [{ type: 'text', text: JSON.stringify(result) }] };
      } catch (error) {
        const told = error instanceof ToolError ? error : INTERNAL_ERROR;
        metrics.toolCalled(name, told.reason, performance.now() - began);
        const fields = { tool: name, ...whoOf(caller), reason: told.reason };
        // The message is for the caller alone: it may repeat an argument, and that may be anything.
        if (told === error) logger.warn({ event: 'tool_refused', ...fields }, 'tool refused');
        else logger.error({ event: 'tool_failed', ...fields, error: safeError(error) }, 'tool failed');
        const text = JSON.stringify({ error: told.reason, message: told.message });
        return { isError: true, content: [{ type: 'text', text }] };
      }
    });
  };
  return { name, register };
}

/** What is unforeseen may hold anything in its message: nobody is told more of it, and the log has where it comes from. */
const INTERNAL_ERROR = new ToolError('internal_error', 'The tool failed. The log of the service says where.');

function whoOf(caller: Caller | undefined) {
  return { sub: caller?.principal.claims.sub, keyId: caller?.principal.keyId, cacheHit: caller?.cacheHit };
}

function requirePermission(tool: string, caller: Caller | undefined): Caller {
  if (caller === undefined) throw new ToolError('unauthenticated', 'This tool needs an enhanced token.');
  const missing = missingFor(tool, caller);
  if (missing.length > 0) throw new ToolError('permission_missing', `Your role lacks ${missing.join(', ')}.`);
  return caller;
}

function missingFor(tool: string, { principal }: Caller): readonly string[] {
  try {
    return missingPermissions(tool, principal.claims.permissions);
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    throw new ToolError('tool_not_listed', error.message);
  }
}

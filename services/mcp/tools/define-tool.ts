import type { CallToolResult, McpServer, StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { missingPermissions } from '../../../auth/authorization.ts';
import type { Permission } from '../../../auth/default-roles.ts';
import { type Logger, safeError } from '../../shared/logger.ts';
import type { BucketAccess } from '../buckets/bucket-access.ts';
import type { ServiceFacts } from '../facts.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { type Caller, callerOf } from '../principal.ts';
import { ToolError } from '../reasons.ts';
import { type LenientInput, lenientInput } from './lenient-input.ts';

/** Services that all tools share. */
export type ToolServices = {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly buckets: BucketAccess;
  readonly facts: ServiceFacts;
  /** All tools. */
  readonly tools: readonly Tool[];
};

/** The context of a tool call. */
export type ToolContext = Caller & {
  readonly buckets: BucketAccess;
  readonly facts: ServiceFacts;
  readonly tools: ToolServices['tools'];
  /** Aborts when the client no longer waits for the result. */
  readonly signal: AbortSignal;
};

/** A tool, ready to be registered with any number of servers. */
export type Tool = {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly input: StandardSchemaWithJSON;
  readonly output: StandardSchemaWithJSON;
  readonly register: (server: McpServer, services: ToolServices) => void;
};

export type ToolDefinition<Input, Output extends Record<string, unknown>> = {
  readonly name: string;
  readonly title: string;
  /** Read by a language model: what it answers, and when to call it. */
  readonly description: string;
  /** Permissions that the caller's token must have, all of them; `[]` if any valid token is enough. */
  readonly permissions: readonly Permission[];
  readonly input: StandardSchemaWithJSON<unknown, Input>;
  readonly output: StandardSchemaWithJSON<Output>;
  /** The argument that is a path in the argument `bucket`, so that a model may pass both as one URL. @default none */
  readonly place?: 'key' | 'prefix';
  /** The tool's effects. @default read-only, within this deployment */
  readonly annotations?: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint?: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
  /**
   * Runs only for a principal that has every permission the tool needs.
   *
   * @throws ToolError for what the caller can act on; any other error is reported as an internal error
   */
  readonly run: (context: ToolContext, input: Input) => Promise<Output> | Output;
};

const READS = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };

/**
 * Defines a tool; there is no other way to register one. Every call is checked against `permissions` when it is made, and refused
 * without a principal. An invalid definition passes here, where no one would see the report; `checkTools` refuses it when the service
 * starts.
 */
export function defineTool<Input, Output extends Record<string, unknown>>(
  definition: ToolDefinition<Input, Output>,
): Tool {
  const { name, title, description, permissions, input, output, place, annotations = READS, run } = definition;
  let lenient: LenientInput<Input> | undefined;
  const register = (server: McpServer, { logger, metrics, buckets, facts, tools }: ToolServices): void => {
    lenient ??= lenientInput(input, place);
    const { schema, otherReading } = lenient;
    const config = { title, description, inputSchema: schema, outputSchema: output, annotations };
    server.registerTool(name, config, async (args, context): Promise<CallToolResult> => {
      const caller = callerOf(context.http?.authInfo);
      const began = performance.now();
      try {
        const permitted = requirePermissions(permissions, caller);
        const toolContext = { ...permitted, buckets, facts, tools, signal: context.mcpReq.signal };
        const result = await runAsMeant((meant: Input) => run(toolContext, meant), args, otherReading(args));
        const milliseconds = performance.now() - began;
        metrics.toolCalled(name, 'ok', milliseconds);
        logger.info({ event: 'tool_called', tool: name, ...whoOf(caller), milliseconds }, 'tool called');
        return { structuredContent: result, content: [{ type: 'text', text: JSON.stringify(result) }] };
      } catch (error) {
        const reported = error instanceof ToolError ? error : INTERNAL_ERROR;
        metrics.toolCalled(name, reported.reason, performance.now() - began);
        const fields = { tool: name, ...whoOf(caller), reason: reported.reason };
        // Only the caller sees the message: it may repeat an argument, which may contain anything.
        if (reported === error) logger.warn({ event: 'tool_refused', ...fields }, 'tool refused');
        else logger.error({ event: 'tool_failed', ...fields, error: safeError(error) }, 'tool failed');
        const text = JSON.stringify({ error: reported.reason, message: reported.message });
        return { isError: true, content: [{ type: 'text', text }] };
      }
    });
  };
  return { name, permissions, input, output, register };
}

/** Runs a tool with its exact arguments, and with their other reading if those find nothing. */
async function runAsMeant<Input, Output extends Record<string, unknown>>(
  run: (input: Input) => Promise<Output> | Output,
  exact: Input,
  other: Input | undefined,
): Promise<Output> {
  if (other === undefined) return run(exact);
  try {
    const result = await run(exact);
    return result.count === 0 ? await run(other) : result;
  } catch (error) {
    if (!(error instanceof ToolError) || !LED_TO_NOTHING.has(error.reason)) throw error;
    return Promise.resolve(run(other)).catch(() => {
      throw error;
    });
  }
}

/** S3 returns access_denied for a missing key if the caller may not list the bucket. */
const LED_TO_NOTHING: ReadonlySet<string> = new Set(['object_not_found', 'access_denied']);

/** The message of an unexpected error may contain anything: the caller sees this one, and the log has the origin of the error. */
const INTERNAL_ERROR = new ToolError('internal_error', 'The tool failed. See the service log.');

function whoOf(caller: Caller | undefined) {
  return { sub: caller?.principal.claims.sub, keyId: caller?.principal.keyId, cacheHit: caller?.cacheHit };
}

function requirePermissions(needed: readonly Permission[], caller: Caller | undefined): Caller {
  if (caller === undefined) throw new ToolError('unauthenticated', 'This tool requires an enhanced token.');
  const missing = missingPermissions(needed, caller.principal.claims.permissions);
  if (missing.length > 0) throw new ToolError('permission_missing', `Your role lacks ${missing.join(', ')}.`);
  return caller;
}

import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { isPermission } from '../../../auth/default-roles.ts';
import { StartError } from '../../shared/settings.ts';
import type { Tool } from './define-tool.ts';

/** https://modelcontextprotocol.io/specification/2025-11-25/server/tools#tool-names */
const TOOL_NAME = /^[A-Za-z0-9_.-]{1,128}$/;
const MAX_SHOWN_NAME = 160;

/**
 * Refuses tools that could not be listed or called. The SDK would notice only when a client asks, and one such tool then breaks all
 * others: no client gets a list, or no server is created.
 *
 * @throws StartError naming each of them
 */
export function checkTools(tools: readonly Tool[]): void {
  const problems = tools.flatMap((tool, index) => {
    const isTaken = tools.slice(0, index).some(({ name }) => name === tool.name);
    const shown = JSON.stringify(tool.name).slice(0, MAX_SHOWN_NAME);
    return [
      ...nameProblems(tool.name, isTaken),
      ...permissionProblems(tool.permissions),
      ...schemaProblems(tool, 'input'),
      ...schemaProblems(tool, 'output'),
    ].map((problem) => `Tool ${shown}: ${problem}`);
  });
  if (problems.length > 0) throw new StartError(problems);
}

function nameProblems(name: string, isTaken: boolean): readonly string[] {
  if (!TOOL_NAME.test(name)) {
    return [
      'the name must be 1 to 128 characters of A-Z, a-z, 0-9, _, - and . (MCP allows no others); rename the tool',
    ];
  }
  // The SDK keeps its tools in a plain object, which inherits these names.
  if (name in {}) return ['every JavaScript object has a member of this name; rename the tool'];
  return isTaken ? ['another tool has the same name; rename one of them'] : [];
}

function permissionProblems(permissions: unknown): readonly string[] {
  if (!Array.isArray(permissions)) {
    return ['permissions is missing; list the actions that the tool requires, or [] if any valid token is enough'];
  }
  return permissions
    .filter((permission) => !isPermission(permission))
    .map(
      (permission) =>
        `no shipped role gives the permission ${JSON.stringify(permission)}; correct it, or add it to a role in ` +
        'auth/default-roles.ts',
    );
}

/** Clients see a schema as JSON Schema, which must describe an object and cannot express dates, functions and the like. */
function schemaProblems(tool: Tool, side: 'input' | 'output'): readonly string[] {
  try {
    const { type = 'object' } = jsonSchemaOf(tool[side], side);
    return type === 'object' ? [] : [`the ${side} schema must describe an object; wrap it in z.object({ ... })`];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`the ${side} schema cannot be shown to clients: ${reason}; use types that JSON has`];
  }
}

function jsonSchemaOf(schema: StandardSchemaWithJSON, side: 'input' | 'output'): Record<string, unknown> {
  return schema['~standard'].jsonSchema[side]({ target: 'draft-2020-12' });
}

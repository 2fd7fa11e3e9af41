import { CHECK_NAMES, type CheckName } from '../../../../contract/canary-report.ts';
import { answer, failuresOf, run } from '../account.ts';
import type { Asked, Intercept, Rewrite } from '../deployment.ts';

export type Expected = Partial<Record<CheckName, RegExp>>;

export async function expectFaults(
  origin: string,
  expected: Expected,
  options?: Parameters<typeof run>[1],
): Promise<void> {
  const report = await run(origin, options);
  const failures = failuresOf(report);
  expect(report.verdict).toBe('red');
  expect(failures).toEqual(
    Object.fromEntries(Object.entries(expected).map(([name, reason]) => [name, expect.stringMatching(reason)])),
  );
  expect(report.checks.map(({ name }) => name)).toEqual(CHECK_NAMES);
}

export const isMcp = ({ path }: Asked): boolean => path.startsWith('/mcp');
export const html = '<html></html>';

/** Answers every MCP request alike. */
export const atMcp =
  (status: number, type?: string, location?: string): Intercept =>
  (asked, response) => {
    if (isMcp(asked) && location !== undefined) response.setHeader('location', location);
    return isMcp(asked) && answer(response, status, type, html);
  };

export const onMethod =
  (method: string, status: number, isMeant: (asked: Asked) => boolean = () => true): Intercept =>
  (asked, response) =>
    isMcp(asked) && asked.rpcMethod === method && isMeant(asked) && answer(response, status);

export const onCatalog =
  (path: string, status: number, type?: string, body?: string): Intercept =>
  (asked, response) =>
    asked.path === path && answer(response, status, type, body);

export const withToken = ({ token }: Asked): boolean => token !== undefined;

export const headerGone =
  (isMeant: (asked: Asked) => boolean, ...names: readonly string[]): Rewrite =>
  (asked, { headers }) => {
    if (isMeant(asked)) for (const name of names) headers.delete(name);
  };

export function withoutOutputSchemas(result: Record<string, unknown>): Record<string, unknown> {
  const tools = (result.tools as Record<string, unknown>[]).map(({ outputSchema: _, ...tool }) => tool);
  return { ...result, tools };
}

export function isGoodList({ rpcMethod }: Asked, { status }: { readonly status: number }): boolean {
  return rpcMethod === 'tools/list' && status === 200;
}

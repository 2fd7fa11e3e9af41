/**
 * Every check, in the order of the report. The names are stable: alarms, runbook and configuration use them. Synthesis may
 * import this file, so it imports nothing.
 */
export const CHECK_NAMES = [
  'parameters-valid',
  'parameters-as-recorded',
  'mcp-reachable',
  'initialize-without-token',
  'tools-list-with-token',
  'expected-tools-listed',
  'tool-call-with-token',
  'identity-from-token',
  'no-token-refused',
  'garbage-token-refused',
  'other-key-refused',
  'unknown-key-id-refused',
  'expired-token-refused',
  'not-yet-valid-token-refused',
  'wrong-audience-refused',
  'wrong-issuer-refused',
  'alg-none-refused',
  'other-algorithm-refused',
  'compressed-claims-refused',
  'session-id-alone-refused',
  'catalog-reachable',
  'no-secret-in-public-files',
  'all-tasks-seen',
  'every-key-accepted',
  'tasks-agree',
  'key-ids-agree',
  'tasks-hold-parameters',
] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

export function isCheckName(value: unknown): value is CheckName {
  return CHECK_NAMES.some((name) => name === value);
}

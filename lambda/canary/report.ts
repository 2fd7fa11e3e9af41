/** Every check, in the order in which they run. The names are stable: alarms, runbook and configuration use them. */
export const CHECK_NAMES = [
  'parameters-valid',
  'initialize-without-token',
  'tools-list-with-token',
  'tool-call-with-token',
  'no-token-refused',
  'garbage-token-refused',
  'catalog-reachable',
  'key-ids-agree',
] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

export type CheckResult = {
  readonly name: CheckName;
  /** Skipped: something that it needs did not pass, or the time was over. */
  readonly verdict: 'pass' | 'fail' | 'skipped';
  readonly durationMs: number;
  /** What is wrong and what to do; always there unless the check passed. */
  readonly reason?: string;
};

export type ServiceRole = 'mcp' | 'catalog';

/** A task that answered, as it calls itself, and the IDs of the keys that it accepts (MCP) or signs with (catalog). */
export type TaskSeen = { readonly task: string; readonly keyIds: readonly string[] };

export type ServiceCount = { readonly service: ServiceRole; readonly running: number; readonly desired: number };

/** What the canary answers; JSON, without a token, a secret or any other text from a server. */
export type CanaryReport = {
  /** Green when every check passed. */
  readonly verdict: 'green' | 'red';
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly url: string;
  /** As the parameters have it; `signing` is empty and `accepted` too when they cannot be used. */
  readonly keyIds: { readonly signing: string; readonly accepted: readonly string[] };
  /** Names of the tools that were listed. */
  readonly tools: readonly string[];
  readonly tasks: Readonly<Record<ServiceRole, readonly TaskSeen[]>>;
  /** As ECS counts them; empty when it could not be asked. */
  readonly services: readonly ServiceCount[];
  readonly checks: readonly CheckResult[];
};

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

export type CheckResult = {
  readonly name: CheckName;
  /**
   * `skipped`: something that it needs did not pass, or the time was over. `tolerated`: it did not pass, and the
   * configuration says that it need not.
   */
  readonly verdict: 'pass' | 'fail' | 'skipped' | 'tolerated';
  readonly durationMs: number;
  /**
   * What is wrong and what to do; always there unless the check passed, and then only as a warning. That of a failure begins with
   * its `ReasonName`.
   */
  readonly reason?: string;
};

/** What made the canary run. */
export const TRIGGERS = ['direct', 'schedule', 'deploy', 'rotation'] as const;

export type Trigger = (typeof TRIGGERS)[number];

export type ServiceRole = 'mcp' | 'catalog';

/** A task that answered, as it calls itself, and the IDs of the keys that it accepts (MCP) or signs with (catalog). */
export type TaskSeen = { readonly task: string; readonly keyIds: readonly string[] };

/** Every task that answered, by service. */
export type TasksSeen = Readonly<Record<ServiceRole, readonly TaskSeen[]>>;

export type ServiceCount = { readonly service: ServiceRole; readonly running: number; readonly desired: number };

/** What the canary answers; JSON, without a token, a secret or any other text from a server. */
export type CanaryReport = {
  /** Green when every check passed or is tolerated. */
  readonly verdict: 'green' | 'red';
  readonly trigger: Trigger;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** How often all checks were run; more than once only while a deployment was settling. The report is of the last. */
  readonly attempts: number;
  readonly url: string;
  /** As the parameters have it; `signing` is empty and `accepted` too when they cannot be used. */
  readonly keyIds: { readonly signing: string; readonly accepted: readonly string[] };
  /** Names of the tools that were listed. */
  readonly tools: readonly string[];
  readonly tasks: TasksSeen;
  /** As ECS counts them; empty when it could not be asked. */
  readonly services: readonly ServiceCount[];
  readonly checks: readonly CheckResult[];
};

/** Partition key of the reports in the state table; their sort key is when they began. */
export const REPORT_KEY = 'canary';

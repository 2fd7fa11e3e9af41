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
  /** `skipped`: a check that it needs did not pass, or the time was over. `tolerated`: it failed, but the configuration tolerates it. */
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

/** A task that answered: its own ID, and the IDs of the keys that it accepts (MCP) or signs with (catalog). */
export type TaskSeen = { readonly task: string; readonly keyIds: readonly string[] };

/** Every task that answered, by service. */
export type TasksSeen = Readonly<Record<ServiceRole, readonly TaskSeen[]>>;

export type ServiceCount = { readonly service: ServiceRole; readonly running: number; readonly desired: number };

/** The canary's response; JSON, without tokens, secrets or other text from a server. */
export type CanaryReport = {
  /** Green when every check passed or is tolerated. */
  readonly verdict: 'green' | 'red';
  readonly trigger: Trigger;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** How often all checks ran; more than once only while a deployment was settling. The report is of the last run. */
  readonly attempts: number;
  readonly url: string;
  /** From the parameters; both are empty when the parameters are unusable. */
  readonly keyIds: { readonly signing: string; readonly accepted: readonly string[] };
  /** The listed tools. */
  readonly tools: readonly string[];
  readonly tasks: TasksSeen;
  /** As counted by ECS; empty when ECS did not answer. */
  readonly services: readonly ServiceCount[];
  readonly checks: readonly CheckResult[];
};

/** Partition key of the reports in the state table; their sort key is when they began. */
export const REPORT_KEY = 'canary';

import type { RotationRecord, ServiceRole } from '../../contract/rotation.ts';

/** The signing secret, or the set of verification keys. */
export type ParameterRole = 'secret' | 'keySet';

/** One version of a parameter, decrypted. */
export type Stored = {
  readonly value: string;
  readonly version: number /** Milliseconds. */;
  readonly modifiedAt: number;
};

/** Parameter Store. */
export interface ParameterPort {
  /** Both parameters as they are now, without those that do not exist. */
  read(): Promise<Partial<Readonly<Record<ParameterRole, Stored>>>>;
  /** Every available version, in any order; empty when the parameter does not exist. */
  history(role: ParameterRole): Promise<readonly Stored[]>;
  put(role: ParameterRole, value: string): Promise<void>;
  /** The value that a person provided; undefined when the parameter does not exist. */
  readIncoming(name: string): Promise<string | undefined>;
  /** Succeeds also when there is nothing to delete. */
  deleteIncoming(name: string): Promise<void>;
}

/** The record in the state table. */
export interface RecordPort {
  read(): Promise<RotationRecord | undefined>;
  /**
   * Writes the record, provided that it is unchanged.
   *
   * @param instead - the record that was read; undefined: it did not exist
   * @returns false when it changed
   */
  write(record: RotationRecord, instead: RotationRecord | undefined): Promise<boolean>;
}

/** The current owner of the right to change services or secrets. */
export type Holder = {
  readonly owner: string;
  readonly kind: 'deploy' | 'rotation' | 'unknown';
  readonly takenAt: string;
};

/** The lock that deploys and rotations share. */
export interface LockPort {
  read(): Promise<Holder | undefined>;
  /**
   * Takes the lock, provided that its holder is unchanged.
   *
   * @param instead - the holder that was read; undefined: the lock was free
   * @returns false when it changed
   */
  take(owner: string, instead: Holder | undefined): Promise<boolean>;
  /** Releases the lock if `owner` holds it. */
  release(owner: string): Promise<void>;
}

/** A task of a service. ECS reports stopped tasks for a while too. */
export type Task = { /** Milliseconds. */ readonly createdAt: number; readonly status: string };

export type Deployment = {
  readonly id: string;
  readonly primary: boolean;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly state: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'UNKNOWN';
};

/** What ECS reports about a service. */
export type ServiceState = { readonly deployments: readonly Deployment[]; readonly tasks: readonly Task[] };

export interface ServicePort {
  look(service: ServiceRole): Promise<ServiceState>;
  /** Starts a new deployment of a service; resolves to its ID. */
  roll(service: ServiceRole): Promise<string>;
}

/** What a step reports; never a secret. */
export type Event =
  | { readonly kind: 'step'; readonly message: string; readonly record: RotationRecord }
  | { readonly kind: 'repaired'; readonly message: string }
  | { readonly kind: 'stopped'; readonly message: string }
  | { readonly kind: 'age'; readonly days: number };

export type Timing = {
  /** The token lifetime in the current configuration. */
  readonly tokenLifetimeSeconds: number;
  /** What a verifier tolerates beyond it. */
  readonly leewaySeconds: number;
  /** Age at which a scheduled run rotates. */
  readonly everyDays: number;
  /** How long a rollout may take. */
  readonly rolloutSeconds: number;
};

/** The environment of the steps. The model test replaces it with a simulated world; the steps are the same. */
export interface Ports {
  readonly parameters: ParameterPort;
  /** Names of the two parameters. */
  readonly names: Readonly<Record<ParameterRole, string>>;
  readonly records: RecordPort;
  readonly lock: LockPort;
  readonly services: ServicePort;
  /** Whether an execution of the state machine is running. */
  isRunning(execution: string): Promise<boolean>;
  /**
   * Whether CloudFormation is changing a stack.
   *
   * @param stack - its ARN; the Services stack when left out
   */
  stackInProgress(stack?: string): Promise<boolean>;
  /** What the canary found wrong with the deployment, as text; empty when it is green. */
  runCanary(): Promise<readonly string[]>;
  /** Sends a token to every running MCP task; resolves to the problems as text, none when every task refuses it. */
  findTasksAccepting(token: string): Promise<readonly string[]>;
  /**
   * The longest token lifetime, in seconds, that a catalog was deployed with between two instants, in milliseconds; undefined
   * when no deploy is recorded.
   */
  longestLifetime(from: number, to: number): Promise<number | undefined>;
  /** How many requests MCP refused for an unknown key since an instant, in milliseconds, as text. */
  countRefused(since: number): Promise<string>;
  readonly timing: Timing;
  /** What the configuration calls this deployment. @default - commands do not name it */
  readonly environment?: string;
  /** Milliseconds. */
  now(): number;
  report(event: Event): void;
}

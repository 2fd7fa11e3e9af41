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
  /** Every version that is still known, in any order; empty when the parameter does not exist. */
  history(role: ParameterRole): Promise<readonly Stored[]>;
  put(role: ParameterRole, value: string): Promise<void>;
  /** The value that a person left; undefined when there is none. */
  readIncoming(name: string): Promise<string | undefined>;
  /** Succeeds also when there is nothing to delete. */
  deleteIncoming(name: string): Promise<void>;
}

/** The record in the state table. */
export interface RecordPort {
  read(): Promise<RotationRecord | undefined>;
  /**
   * Writes the record in place of the one that was read.
   *
   * @param instead - what was read; undefined: there was none
   * @returns false when there is another one by now
   */
  write(record: RotationRecord, instead: RotationRecord | undefined): Promise<boolean>;
}

/** Who changes services or secrets now. */
export type Holder = {
  readonly owner: string;
  readonly kind: 'deploy' | 'rotation' | 'unknown';
  readonly takenAt: string;
};

/** The lock that deploys and rotations share. */
export interface LockPort {
  read(): Promise<Holder | undefined>;
  /**
   * Takes the lock from the holder that was read.
   *
   * @param instead - undefined: nobody held it
   * @returns false when there is another one by now
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
  /** The token lifetime as it is configured now. */
  readonly tokenLifetimeSeconds: number;
  /** What a verifier adds to it. */
  readonly leewaySeconds: number;
  /** Age at which a scheduled run rotates. */
  readonly everyDays: number;
  /** How long a rollout may take. */
  readonly rolloutSeconds: number;
};

/** Everything that the steps touch. The model test replaces it with a simulated world; the steps are the same. */
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
  /** Sends a token to every running MCP task; resolves to what is wrong, as text: nothing when every task refuses it. */
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

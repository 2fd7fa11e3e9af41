/**
 * The record that drives a rotation. It is written before each write of a parameter; if a call dies, the next one reads the intent
 * here. It contains no secret, only thumbprints and key IDs.
 */

/** Partition and sort key of the record in the state table. */
export const RECORD_KEY = { pk: 'rotation', sk: '-' } as const;

/**
 * The phase of a rotation. The five steps have the names of AWS's own rotation templates, with the grace time between the last two;
 * going back passes them in reverse. `repair` restores what a person changed, `revokeSecret` is the emergency.
 */
export type Phase =
  | 'idle'
  | 'createSecret'
  | 'testSecret'
  | 'finishSecret'
  | 'grace'
  | 'retireSecret'
  | 'repair'
  | 'revokeSecret';

/** In these phases tasks may start and stop without the rotation's knowledge: nothing is being written or redeployed. */
export const RESTING_PHASES: readonly Phase[] = ['idle', 'grace'];

/** A key, by its public properties. */
export type KeyName = {
  /** The whole RFC 7638 thumbprint, recomputed from the secret and never taken from a `kid`. */
  readonly thumbprint: string;
  /** The public key ID, which contains the beginning of the thumbprint: `frontend-enhanced.Ab3dE6gH`. */
  readonly keyId: string;
  /** Since when the key has been in the set, ISO 8601. */
  readonly since: string;
};

/** The intended content of both parameters, by thumbprints. */
export type Content = {
  readonly signing: string;
  /** One or two, sorted. See {@link entryOf}. */
  readonly accepted: readonly string[];
};

/**
 * An entry of {@link Content}'s `accepted` for a key of a set: its thumbprint, provided that it has its known key ID. Verifiers look
 * keys up by the whole key ID, so the same key under another label counts as another key.
 *
 * @param names - the known keys; any other key, being foreign, may have any key ID
 */
export function entryOf(
  { thumbprint, keyId }: Pick<KeyName, 'thumbprint' | 'keyId'>,
  names: readonly Pick<KeyName, 'thumbprint' | 'keyId'>[],
): string {
  const known = names.find((name) => name.thumbprint === thumbprint);
  return known === undefined || known.keyId === keyId ? thumbprint : `${thumbprint} as ${keyId}`;
}

/** One state of a parameter. The version alone is a hint: it restarts when a parameter is deleted and created again. */
export type Seen = { readonly version: number /** ISO 8601 */; readonly modifiedAt: string };

export type ServiceRole = 'mcp' | 'catalog';

/** The outcome of the last run that did something. */
export type Outcome =
  | 'rotated'
  /** The test failed or a service could not be redeployed; the previous state is restored. */
  | 'undone'
  | 'aborted'
  | 'repaired'
  | 'revoked';

export type Ended = {
  readonly outcome: Outcome;
  /** Why, after a failure: the sentence that the alarm shows. */
  readonly reason?: string;
  readonly at: string;
  /** The execution that did it: a repeated call must return the same and not start over. */
  readonly execution: string;
};

export type RotationRecord = {
  /** Counts the writes; each is conditional on the previous one. */
  readonly revision: number;
  readonly phase: Phase;
  /** Forward to the next key, or back to the previous one. */
  readonly direction: 'forward' | 'back';
  /** ARN of the execution that drives this; empty when none does. Every other one is fenced off. */
  readonly execution: string;
  /** When the phase began, ISO 8601. */
  readonly phaseSince: string;
  /** The content of the parameters once the last write is done. */
  readonly intended: Content;
  /** Their previous content, until that write is confirmed. */
  readonly before?: Content;
  /** The state of the parameters after the rotation's last write. */
  readonly seen?: { readonly secret: Seen; readonly keySet: Seen };
  /** Names of the two parameters: this record does not apply to parameters with other names. */
  readonly parameters: { readonly secret: string; readonly keySet: string };
  /** The signing key; during a rotation, the one that it began with. */
  readonly current: KeyName;
  /** Since when `current` has signed, ISO 8601: the age of the secret. */
  readonly signingSince: string;
  /** The key that a rotation introduces. */
  readonly next?: KeyName;
  /** Since when `next` may sign (the time of the intent), ISO 8601. */
  readonly committedAt?: string;
  /** Name of the parameter that provides the next secret, until it is deleted. */
  readonly fromParameter?: string;
  /** Whether tokens of both keys of the set may exist, so that a removal requires a full grace time first. */
  readonly bothMaySign?: boolean;
  /** Start and length of the grace time: the longest token lifetime while the removed key could sign, and leeway. */
  readonly grace?: { readonly since: string; readonly seconds: number };
  /** The rollout in progress. */
  readonly roll?: { readonly service: ServiceRole; readonly deployment: string; readonly since: string };
  /** Number of retries of a rollout in this phase. */
  readonly retries?: number;
  /** In `repair`: the phase to resume. */
  readonly goOnWith?: Exclude<Phase, 'repair'>;
  /** What was repaired, for the alarm. */
  readonly repaired?: string;
  /** Why the rotation rolls back. */
  readonly backBecause?: string;
  /** In `revokeSecret`: the revoked keys, and since when. */
  readonly revoked?: {
    readonly thumbprints: readonly string[];
    readonly keyIds: readonly string[];
    readonly since: string;
    /** How many requests were refused until both services were redeployed, as text. */
    readonly refused?: string;
  };
  /** Why it stopped for a person; `bin/quiltctl rotate --resume` resumes it. */
  readonly stopped?: { readonly reason: string; readonly at: string; readonly execution: string };
  /** How the last run ended. */
  readonly last?: Ended;
};

/** A request by a person or a machine: the input of an execution of the state machine. It never contains a secret. */
export type Command = {
  readonly command: 'rotate' | 'resume' | 'abort' | 'repair' | 'revoke';
  /** The caller. A scheduled rotation waits until it is due and for a deploy to end; a manual one is refused at once. */
  readonly trigger: 'manual' | 'schedule' | 'event' | 'canary';
  /** With `rotate`: the SecureString that holds the next secret, by its name. */
  readonly fromParameter?: string;
};

/** Why a command was refused. Stable: the command line maps it to an exit code. */
export type RefusalCode =
  | 'rotation-under-way'
  | 'rotation-unfinished'
  | 'nothing-to-resume'
  | 'nothing-to-abort'
  | 'no-way-back'
  | 'deploy-under-way'
  | 'incoming-invalid'
  | 'parameters-invalid';

/** Call again after so many seconds. */
export type Waiting = {
  readonly result: 'wait';
  readonly phase: Phase;
  readonly seconds: number;
  readonly message: string;
  /** Number of calls of the execution that waited so far. */
  readonly calls?: number;
  /** How often in a row they waited for the lock. */
  readonly lockTries?: number;
};

/** The result of one call of the function, and what the state machine does next. */
export type Progress =
  | Waiting
  /** The execution succeeds; nothing is wrong. */
  | {
      readonly result: 'done';
      readonly outcome: 'rotated' | 'aborted' | 'repaired' | 'revoked' | 'nothing-to-do' | 'not-due' | 'superseded';
      readonly message: string;
    }
  /** The execution succeeds, without doing what was asked. */
  | { readonly result: 'refused'; readonly code: RefusalCode; readonly message: string }
  /** The execution fails, which raises the alarm. `undone`: the previous state is restored. `stopped`: a person must act. */
  | { readonly result: 'failed'; readonly code: 'undone' | 'stopped'; readonly message: string };

/** One call: the state machine adds the name of its execution and the result of the previous call. */
export type Call = {
  readonly execution: string;
  readonly command: Command;
  /** Absent in the first call of an execution. */
  readonly progress?: Progress;
};

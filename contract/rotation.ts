/**
 * The one record that a rotation is driven by. It is written before each write of a parameter; whatever dies, the next call
 * reads here what was meant. It holds no secret: thumbprints and key IDs only.
 */

/** Partition and sort key of the record in the state table. */
export const RECORD_KEY = { pk: 'rotation', sk: '-' } as const;

/**
 * Where a rotation is. The five steps have the names of AWS's own rotation templates, with the grace time between the last
 * two; going back passes them in the other direction. `repair` puts back what a person changed, `revokeSecret` is the emergency.
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

/** In these, tasks may start and stop without the rotation's knowledge: nothing is being written or redeployed. */
export const RESTING_PHASES: readonly Phase[] = ['idle', 'grace'];

/** A key, by its public properties. */
export type KeyName = {
  /** The whole RFC 7638 thumbprint, recomputed from the secret and never taken from a `kid`. */
  readonly thumbprint: string;
  /** The public key ID that begins like it: `frontend-enhanced.Ab3dE6gH`. */
  readonly keyId: string;
  /** Since when the key has been in the set, ISO 8601. */
  readonly since: string;
};

/** What both parameters are meant to hold, by thumbprints. */
export type Content = {
  readonly signing: string;
  /** One or two, sorted. See {@link entryOf}. */
  readonly accepted: readonly string[];
};

/**
 * An entry of {@link Content}'s `accepted` for a key that was found in a set: its thumbprint, as long as it has the key ID that it
 * was given. Verifiers look keys up by the whole key ID, so that the same key under another label is another one.
 *
 * @param names - the keys that are known; any other may be called what it likes, since it is none of ours
 */
export function entryOf(
  { thumbprint, keyId }: Pick<KeyName, 'thumbprint' | 'keyId'>,
  names: readonly Pick<KeyName, 'thumbprint' | 'keyId'>[],
): string {
  const known = names.find((name) => name.thumbprint === thumbprint);
  return known === undefined || known.keyId === keyId ? thumbprint : `${thumbprint} as ${keyId}`;
}

/**
 * One state of a parameter. The version alone is a hint: it begins anew when a parameter is deleted and made again.
 */
export type Seen = { readonly version: number /** ISO 8601 */; readonly modifiedAt: string };

export type ServiceRole = 'mcp' | 'catalog';

/** How the last run ended that did something. */
export type Outcome =
  | 'rotated'
  /** The test failed or a service could not be redeployed: everything is as it was before. */
  | 'undone'
  | 'aborted'
  | 'repaired'
  | 'revoked';

export type Ended = {
  readonly outcome: Outcome;
  /** Why, unless it is as it should be: the sentence that the alarm shows. */
  readonly reason?: string;
  readonly at: string;
  /** The execution that did it: a repeated call must say the same and not begin anew. */
  readonly execution: string;
};

export type RotationRecord = {
  /** Counts the writes; each is conditional on the one before it. */
  readonly revision: number;
  readonly phase: Phase;
  /** Forward to the next key, or back to the one before. */
  readonly direction: 'forward' | 'back';
  /** ARN of the state machine's execution that drives this; empty when none does. Every other one is fenced off. */
  readonly execution: string;
  /** When the phase began, ISO 8601. */
  readonly phaseSince: string;
  /** What the parameters hold once the last write is done. */
  readonly intended: Content;
  /** What they held before, until it is known that the write was done. */
  readonly before?: Content;
  /** The parameters as they were found after the last write of ours. */
  readonly seen?: { readonly secret: Seen; readonly keySet: Seen };
  /** Names of the two parameters: under other names there are others, which this record knows nothing of. */
  readonly parameters: { readonly secret: string; readonly keySet: string };
  /** The key that signs at rest; in a rotation the one that it began with. */
  readonly current: KeyName;
  /** Since when `current` has signed, ISO 8601: the age of the secret. */
  readonly signingSince: string;
  /** The key that a rotation brings. */
  readonly next?: KeyName;
  /** Since when `next` may sign: when it was meant to, ISO 8601. */
  readonly committedAt?: string;
  /** Name of the parameter that the next secret comes from, until it is deleted. */
  readonly fromParameter?: string;
  /** Whether tokens of both keys of the set may exist, so that no removal comes before a whole grace time. */
  readonly bothMaySign?: boolean;
  /** Beginning and length of the grace time: the longest token lifetime while the removed key could sign, and leeway. */
  readonly grace?: { readonly since: string; readonly seconds: number };
  /** The rollout that is waited for. */
  readonly roll?: { readonly service: ServiceRole; readonly deployment: string; readonly since: string };
  /** How often a rollout of this phase was begun again. */
  readonly retries?: number;
  /** In `repair`: where to go on. */
  readonly goOnWith?: Exclude<Phase, 'repair'>;
  /** What was repaired, for the alarm. */
  readonly repaired?: string;
  /** Why the rotation goes back. */
  readonly backBecause?: string;
  /** In `revokeSecret`: the keys that are revoked, and since when. */
  readonly revoked?: {
    readonly thumbprints: readonly string[];
    readonly keyIds: readonly string[];
    readonly since: string;
    /** How many requests were refused until both services were redeployed, as text. */
    readonly refused?: string;
  };
  /** Why it stopped until a person looks; `bin/quiltctl rotate --resume` goes on. */
  readonly stopped?: { readonly reason: string; readonly at: string; readonly execution: string };
  /** How the last run ended. */
  readonly last?: Ended;
};

/** What a person or a machine wants: the input of an execution of the state machine. No secret is ever in it. */
export type Command = {
  readonly command: 'rotate' | 'resume' | 'abort' | 'repair' | 'revoke';
  /** Who asks. A scheduled rotation waits for its day and for a deploy; a manual one is refused at once. */
  readonly trigger: 'manual' | 'schedule' | 'event' | 'canary';
  /** With `rotate`: the SecureString that holds the next secret, by its name. */
  readonly fromParameter?: string;
};

/** Why a command was not carried out. Stable: the command line turns it into an exit code. */
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
  /** How many calls of the execution have waited so far. */
  readonly calls?: number;
  /** How often in a row they waited for the lock. */
  readonly lockTries?: number;
};

/** What one call of the function did, and what the state machine does next with it. */
export type Progress =
  | Waiting
  /** The execution succeeds; nothing is wrong. */
  | {
      readonly result: 'done';
      readonly outcome: 'rotated' | 'aborted' | 'repaired' | 'revoked' | 'nothing-to-do' | 'not-due' | 'superseded';
      readonly message: string;
    }
  /** The execution succeeds, and did nothing of what was asked. */
  | { readonly result: 'refused'; readonly code: RefusalCode; readonly message: string }
  /** The execution fails, which raises the alarm. `undone`: all is as before. `stopped`: a person has to look. */
  | { readonly result: 'failed'; readonly code: 'undone' | 'stopped'; readonly message: string };

/** One call: the state machine adds the name of its execution, and what the call before said. */
export type Call = {
  readonly execution: string;
  readonly command: Command;
  /** Absent in the first call of an execution. */
  readonly progress?: Progress;
};

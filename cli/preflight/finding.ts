import { errorName } from '../../contract/safe-error.ts';
import { isFailureOfAws } from '../aws-failure.ts';
import { EXIT } from '../exit-codes.ts';

/** What was found of one thing that a change relies on, before anything is changed. */
export interface Finding {
  /** What was looked at, in a few words. */
  readonly about: string;
  /** Only `failed` stands in the way: what could not be looked at may be right. */
  readonly state: 'ok' | 'failed' | 'not-checked';
  /** What was found, on one line. */
  readonly detail: string;
  /** What to do, as a sentence; with `failed` only. */
  readonly remedy?: string;
  /** 2: bad arguments or configuration. 3: refused. With `failed` only. */
  readonly exitCode?: 2 | 3;
}

/** A finding without what it is about. */
export type Result = Omit<Finding, 'about'>;

/** It is as it must be. */
export function ok(detail: string): Result {
  return { state: 'ok', detail };
}

/** Nobody knows. */
export function notChecked(detail: string): Result {
  return { state: 'not-checked', detail };
}

/** The configuration, or what it names, does not fit: the change cannot work. */
export function invalid(detail: string, remedy: string): Result {
  return { state: 'failed', detail, remedy, exitCode: EXIT.configuration };
}

/** Nothing is wrong with what was asked for, but it may not happen now, or not by this caller. */
export function refused(detail: string, remedy: string): Result {
  return { state: 'failed', detail, remedy, exitCode: EXIT.refused };
}

/**
 * Looks at one thing. A caller may be allowed to deploy and not to look, so that an answer that AWS refuses or fails to give is
 * told and stops nothing.
 *
 * @throws what is no failure of AWS: an error of this program
 */
export async function check(about: string, look: () => Promise<Result>): Promise<Finding> {
  try {
    return { about, ...(await look()) };
  } catch (error) {
    if (!isFailureOfAws(error)) throw error;
    return { about, ...notChecked(`AWS did not answer: ${errorName(error)}`) };
  }
}

const MARK: Readonly<Record<Finding['state'], string>> = { ok: '✔', failed: '✘', 'not-checked': '–' };

/** A finding for people: a line, and with what failed another one with the remedy. */
export function findingLines({ about, state, detail, remedy }: Finding): string {
  const line = `  ${MARK[state]} ${about}: ${detail}`;
  return remedy === undefined ? line : `${line}\n      ${remedy}`;
}

/**
 * The exit code of what was found: what the user has to fix comes before what they can wait for.
 *
 * @returns 0 when nothing stands in the way
 */
export function exitCodeOf(findings: readonly Finding[]): 0 | 2 | 3 {
  const codes = findings.filter(({ state }) => state === 'failed').map(({ exitCode }) => exitCode);
  if (codes.includes(EXIT.configuration)) return EXIT.configuration;
  return codes.length > 0 ? EXIT.refused : EXIT.done;
}

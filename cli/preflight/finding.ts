import { errorName } from '../../contract/safe-error.ts';
import { isFailureOfAws } from '../aws-failure.ts';
import { EXIT } from '../exit-codes.ts';

/** The result of one check before a change. */
export interface Finding {
  /** What was checked, in a few words. */
  readonly about: string;
  /** Only `failed` blocks the change. */
  readonly state: 'ok' | 'failed' | 'not-checked';
  /** The result, on one line. */
  readonly detail: string;
  /** What to do, as a sentence; for `failed` only. */
  readonly remedy?: string;
  /** 2: bad arguments or configuration. 3: refused. For `failed` only. */
  readonly exitCode?: 2 | 3;
}

/** A finding without what it is about. */
export type Result = Omit<Finding, 'about'>;

/** The check passed. */
export function ok(detail: string): Result {
  return { state: 'ok', detail };
}

/** It could not be checked. */
export function notChecked(detail: string): Result {
  return { state: 'not-checked', detail };
}

/** The configuration, or a resource that it names, is wrong: the change cannot work. */
export function invalid(detail: string, remedy: string): Result {
  return { state: 'failed', detail, remedy, exitCode: EXIT.configuration };
}

/** The change is valid, but not allowed now, or not for this caller. */
export function refused(detail: string, remedy: string): Result {
  return { state: 'failed', detail, remedy, exitCode: EXIT.refused };
}

/**
 * Runs a check. A caller may be allowed to deploy but not to read, so a check that AWS refuses or does not answer is reported
 * as not checked and blocks nothing.
 *
 * @throws errors that are not failures of AWS
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

/** A finding for people: one line, and a second one with the remedy. */
export function findingLines({ about, state, detail, remedy }: Finding): string {
  const line = `  ${MARK[state]} ${about}: ${detail}`;
  return remedy === undefined ? line : `${line}\n      ${remedy}`;
}

/**
 * The exit code of findings: what the user has to fix takes precedence over what they can wait for.
 *
 * @returns 0 when no check failed
 */
export function exitCodeOf(findings: readonly Finding[]): 0 | 2 | 3 {
  const codes = findings.filter(({ state }) => state === 'failed').map(({ exitCode }) => exitCode);
  if (codes.includes(EXIT.configuration)) return EXIT.configuration;
  return codes.length > 0 ? EXIT.refused : EXIT.done;
}

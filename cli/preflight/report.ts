import { EXIT } from '../exit-codes.ts';
import type { Finding } from './finding.ts';

const MARK: Readonly<Record<Finding['state'], string>> = { ok: '✔', failed: '✘', 'not-checked': '–' };

/** A finding for people: a line, and with what failed another one with the remedy. */
export function findingLines({ about, state, detail, remedy }: Finding): string {
  const line = `  ${MARK[state]} ${about}: ${detail}`;
  return remedy === undefined ? line : `${line}\n      ${remedy}`;
}

/**
 * The exit code of what was found: a mistake to mend comes before what only has to be waited for.
 *
 * @returns 0 when nothing stands in the way
 */
export function exitCodeOf(findings: readonly Finding[]): 0 | 2 | 3 {
  const codes = findings.filter(({ state }) => state === 'failed').map(({ exitCode }) => exitCode);
  if (codes.includes(EXIT.configuration)) return EXIT.configuration;
  return codes.length > 0 ? EXIT.refused : EXIT.done;
}

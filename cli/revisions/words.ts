import type { RevisionSummary } from './summary.ts';

/** The words for revisions that more than one command says. */

const VERDICT: Readonly<Record<RevisionSummary['verdict'], string>> = {
  open: '… open',
  good: '✔ good',
  failed: '✘ failed',
  unverified: '≈ unverified',
  'ended-without-verdict': '– ended without a verdict',
};

/** As much of a digest or a commit as tells two of them apart for a reader. */
const DIGEST_SHOWN = 12;
const COMMIT_SHOWN = 8;

export function verdictText({ verdict }: Pick<RevisionSummary, 'verdict'>): string {
  return VERDICT[verdict];
}

/** What was done: `deploy`, `break-glass`, `rolled back to 3`. */
export function kindText({ kind, rollbackTo }: Pick<RevisionSummary, 'kind' | 'rollbackTo'>): string {
  return kind === 'rollback' ? `rolled back to ${rollbackTo}` : kind;
}

/** Who did it, without the parts of the ARN that are the same for everybody of the account. */
export function byText({ by }: Pick<RevisionSummary, 'by'>): string {
  return by?.split(':').slice(5).join(':') || (by ?? '–');
}

/** The commit, with a plus when the working tree had changes beside it. */
export function commitText({ commit, dirty }: Pick<RevisionSummary, 'commit' | 'dirty'>): string {
  return commit === null ? '–' : `${commit.slice(0, COMMIT_SHOWN)}${dirty ? '+' : ''}`;
}

/** The digest of an image, or its tag, cut to what a reader compares. */
export function imageText(image: string): string {
  const digest = /@sha256:(?<digest>[0-9a-f]+)$/.exec(image)?.groups?.digest;
  const tag = /:(?<tag>[\w.-]+)$/.exec(image)?.groups?.tag;
  return (digest ?? tag ?? image).slice(0, DIGEST_SHOWN) || '–';
}

/** The name of an image with as much of its digest: two of them may come from different repositories. */
export function namedImageText(image: string): string {
  return image.replace(/@sha256:([0-9a-f]+)$/, (_, digest: string) => `@sha256:${digest.slice(0, DIGEST_SHOWN)}`);
}

/** A time of a record in whole seconds, UTC. */
export function timeText(time: string | null): string {
  return time === null ? '–' : `${time.slice(0, 19)}Z`;
}

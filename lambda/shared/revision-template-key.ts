import { revisionSortKey } from './revision-record.ts';

/** Where the templates are in the revision bucket; the numbers of one deployment never begin anew. */
export const REVISION_TEMPLATES = 'revisions/';

/** The object with the template of a revision. */
export function revisionTemplateKey(number: number): string {
  return `${REVISION_TEMPLATES}${revisionSortKey(number)}.json`;
}

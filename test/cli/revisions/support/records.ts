import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { revisionSortKey } from '../../../../contract/revision.ts';
import { image, servicesTemplate, sha256, type TemplateOptions } from './template.ts';

export const STACK = 'arn:aws:cloudformation:us-east-1:111122223333:stack/quilt-services/one';

export type Item = Record<string, AttributeValue>;

/** A revision of a test: its item of the state table, and the text of its template. */
export interface Revision {
  readonly item: Item;
  readonly key: string;
  readonly text: string;
}

/**
 * A good revision, as the deploy gate leaves it.
 *
 * @param template - what it deployed
 * @param more - attributes in place of the usual ones; `undefined` leaves one out
 */
export function revision(
  number: number,
  template: TemplateOptions = {},
  more: Readonly<Record<string, AttributeValue | undefined>> = {},
): Revision {
  const text = JSON.stringify(servicesTemplate(template));
  const key = `revisions/${revisionSortKey(number)}.json`;
  const all: Record<string, AttributeValue | undefined> = {
    pk: { S: 'revision' },
    sk: { S: revisionSortKey(number) },
    number: { N: String(number) },
    stackArn: { S: STACK },
    openedBy: { S: `event-${number}` },
    trigger: { S: sha256(`fingerprint ${number}`) },
    images: {
      M: { catalog: { S: template.catalog ?? image('catalog', '1') }, mcp: { S: template.mcp ?? image('mcp', '1') } },
    },
    parameterVersions: { M: { secret: { N: '3' }, keySet: { N: '5' } } },
    tokenLifetimeSeconds: { N: '3600' },
    openedAt: { S: `2026-01-0${(number % 9) + 1}T03:04:05.678Z` },
    closedAt: { S: `2026-01-0${(number % 9) + 1}T03:05:05.678Z` },
    verdict: { S: 'good' },
    failedBefore: { L: [] },
    template: { M: { key: { S: key }, sha256: { S: sha256(text) } } },
    stackParameters: { M: { VpcId: { S: '/quilt/foundation/v1/vpc-id' }, Gone: { S: 'of an older template' } } },
    ...(template.reason !== undefined && { reason: { S: template.reason } }),
    ...more,
  };
  const present = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { item: Object.fromEntries(present), key, text };
}

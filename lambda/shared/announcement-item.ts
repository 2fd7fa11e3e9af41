import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Announcement } from './revision-record.ts';

/** Partition key of what was told about a deploy that is about to begin. */
export const ANNOUNCEMENT_KEY = 'announcement';

/** What was announced and not begun by then is about no deploy any more. */
const VALID_SECONDS = 3_600;

/** The key of the announcement of one template. */
export function announcementKey(templateHash: string): Record<'pk' | 'sk', AttributeValue> {
  return { pk: { S: ANNOUNCEMENT_KEY }, sk: { S: templateHash } };
}

/** An announcement as a value of DynamoDB, in the item that announces it and in the revision that was announced. */
export function announcementMap({ by, commit, dirty, versions, rollbackTo }: Announcement): AttributeValue.MMember {
  return {
    M: {
      by: { S: by },
      ...(commit !== undefined && { commit: { S: commit } }),
      ...(dirty !== undefined && { dirty: { BOOL: dirty } }),
      ...(versions !== undefined && {
        versions: { M: Object.fromEntries(Object.entries(versions).map(([name, version]) => [name, { S: version }])) },
      }),
      ...(rollbackTo !== undefined && { rollbackTo: { N: String(rollbackTo) } }),
    },
  };
}

/**
 * The item that announces a deploy. The deploy gate takes it away when it opens the revision.
 *
 * @param templateHash - the `Trigger` of the template that is about to be deployed: the announcement is for no other one
 * @param now - milliseconds since 1970
 */
export function announcementItem(
  templateHash: string,
  announcement: Announcement,
  now: number,
): Record<string, AttributeValue> {
  return {
    ...announcementKey(templateHash),
    announcement: announcementMap(announcement),
    expiresAt: { N: String(Math.floor(now / 1000) + VALID_SECONDS) },
  };
}

import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { revisionTemplateKey } from '../../../contract/revision.ts';
import { attempt } from '../attempt.ts';
import { awsCall } from '../aws-call.ts';
import { type Connections, within } from '../connections.ts';
import type { Deploy } from '../deploy.ts';
import { readDeployedTemplate } from './deployed-template.ts';
import { type KeptTemplate, keptValues } from './revision.ts';
import { updateRevision } from './update.ts';

/** As long as the deploy waits for its template: the canary before it may have taken nearly all the time there is. */
const KEEP_MS = 10_000;

async function keep(number: number, deploy: Deploy, connections: Connections): Promise<KeptTemplate> {
  const { s3, settings, abortSignal } = connections;
  const { text, stackParameters } = await readDeployedTemplate(deploy, connections);
  const key = revisionTemplateKey(number);
  const object = { Bucket: settings.revisionBucket, Key: key, Body: text, ContentType: 'application/json' };
  await awsCall('s3:PutObject', s3.send(new PutObjectCommand(object), { abortSignal }));
  return { template: { key, sha256: createHash('sha256').update(text).digest('hex') }, stackParameters };
}

/**
 * Puts the template of a deploy into the revision bucket, before any record names it.
 *
 * @returns `undefined` when that did not work: the deploy goes on, and nothing can go back to it
 */
export function keepTemplate(
  number: number,
  deploy: Deploy,
  connections: Connections,
): Promise<KeptTemplate | undefined> {
  return attempt('template not kept', () => keep(number, deploy, within(KEEP_MS, connections)), { revision: number });
}

/** Tries once more for a deploy whose record is open and has none. */
export async function keepMissingTemplate(number: number, deploy: Deploy, connections: Connections): Promise<void> {
  const kept = await keepTemplate(number, deploy, connections);
  if (kept === undefined) return;
  const record = () => updateRevision(number, { verdict: 'open', values: keptValues(kept) }, connections);
  await attempt('template not recorded', record, { revision: number });
}

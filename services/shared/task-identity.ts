import { createHash, randomBytes } from 'node:crypto';

const METADATA_TIMEOUT_MS = 2_000;

export type TaskIdentity = {
  /** 16 hex characters, the same for the life of the task. */
  readonly task: string;
  /** Whether it was derived from the ARN of an ECS task; else it is random. */
  readonly fromEcs: boolean;
};

/**
 * Tells tasks of one service apart without naming them: the first 16 hex characters of the SHA-256 of the task ARN. Outside
 * ECS, or when its agent does not answer, a random one, which is as good for telling tasks apart.
 *
 * @param metadataUri value of `ECS_CONTAINER_METADATA_URI_V4`
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
 */
export async function resolveTaskIdentity(metadataUri: string | undefined): Promise<TaskIdentity> {
  const arn = metadataUri === undefined ? undefined : await readTaskArn(metadataUri);
  if (arn === undefined) return { task: randomBytes(8).toString('hex'), fromEcs: false };
  return { task: createHash('sha256').update(arn).digest('hex').slice(0, 16), fromEcs: true };
}

async function readTaskArn(metadataUri: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${metadataUri}/task`, { signal: AbortSignal.timeout(METADATA_TIMEOUT_MS) });
    const metadata: unknown = answer.ok ? await answer.json() : undefined;
    if (typeof metadata !== 'object' || metadata === null || !('TaskARN' in metadata)) return undefined;
    return typeof metadata.TaskARN === 'string' && metadata.TaskARN !== '' ? metadata.TaskARN : undefined;
  } catch {
    return undefined;
  }
}

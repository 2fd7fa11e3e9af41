import { BUCKET_ACTIONS, type BucketAction, type ClassActions, KEY_ACTIONS } from '../../../contract/bucket-actions.ts';

/** The actions of a class that a token permits. The credentials can then do no more than their owner, whatever a tool requests. */
export function permittedActions(action: BucketAction, permissions: readonly string[]): ClassActions {
  const permitted = (actions: readonly string[]) => actions.filter((each) => permissions.includes(each));
  const { bucket, objects } = BUCKET_ACTIONS[action];
  return { bucket: permitted(bucket), objects: permitted(objects) };
}

/**
 * The session policy of credentials for one bucket. They can do what both this policy and the role's policy allow. It allows any
 * KMS key, but only through S3 and only for this bucket: S3 puts the ARN of the bucket or the object into the encryption context.
 * The role's policy names the keys. At most 1,700 characters, for a bucket name of 255; STS accepts 2,048.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
 *
 * @param partition such as `aws` or `aws-us-gov`
 */
export function sessionPolicy(session: {
  readonly partition: string;
  readonly bucket: string;
  readonly action: BucketAction;
  readonly actions: ClassActions;
}): string {
  const { partition, bucket, action, actions } = session;
  const bucketArn = `arn:${partition}:s3:::${bucket}`;
  const objectArns = `${bucketArn}/*`;
  const statement = (Action: readonly string[], Resource: string, Condition?: object) =>
    Action.length > 0 ? [{ Effect: 'Allow', Action, Resource, Condition }] : [];
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      ...statement(actions.bucket, bucketArn),
      ...statement(actions.objects, objectArns),
      ...statement(KEY_ACTIONS[action], '*', {
        StringLike: { 'kms:ViaService': 's3.*', 'kms:EncryptionContext:aws:s3:arn': [bucketArn, objectArns] },
      }),
    ],
  });
}

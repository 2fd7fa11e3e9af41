/** What is done with a bucket: each gets credentials of its own. */
export type BucketAction = 'read' | 'write';

/** S3 actions of a class, on the bucket itself and on its objects. The data-access role is made of the same table. */
export type ClassActions = { readonly bucket: readonly string[]; readonly objects: readonly string[] };

/**
 * What is ever done with a bucket. Not there on purpose: `s3:PutObjectAcl`, with which an object could be made public and which
 * a put without an ACL does not need; `s3:DeleteObject`, which no tool uses.
 */
export const BUCKET_ACTIONS: Readonly<Record<BucketAction, ClassActions>> = {
  read: { bucket: ['s3:GetBucketLocation', 's3:ListBucket'], objects: ['s3:GetObject', 's3:GetObjectVersion'] },
  write: { bucket: [], objects: ['s3:AbortMultipartUpload', 's3:PutObject'] },
};

/**
 * What S3 does with a KMS key in the name of whoever reads or writes; parts of an upload are decrypted too.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export const KEY_ACTIONS: Readonly<Record<BucketAction, readonly string[]>> = {
  read: ['kms:Decrypt'],
  write: ['kms:Decrypt', 'kms:GenerateDataKey'],
};

import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/**
 * The bucket for access logs of the load balancer and of other buckets.
 *
 * @param retentionDays - after these days a log is deleted
 */
export function accessLogBucket(scope: Construct, id: string, retentionDays: number): IBucket {
  const bucket = new Bucket(scope, id, {
    // The load balancer writes to buckets with S3's own encryption only.
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [
      { expiration: Duration.days(retentionDays), abortIncompleteMultipartUploadAfter: Duration.days(7) },
    ],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'This bucket takes the access logs; logging its own access into itself would never end.',
  });
  // CDK's types do not know exactOptionalPropertyTypes: to the compiler a Bucket is no IBucket.
  return bucket as IBucket;
}

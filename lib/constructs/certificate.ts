import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';

/**
 * The ARN of the certificate for the host name: an imported one, or one that is made here and proved by DNS.
 *
 * @param zone - the zone that the proof is written to; without one CloudFormation waits until somebody has written the
 *   records that ACM shows
 */
export function certificateArn(
  scope: Construct,
  { certificate, hostName }: EnvironmentConfig,
  zone?: IHostedZone,
): string {
  if (certificate.kind === 'import') return certificate.arn;
  return new Certificate(scope, 'Certificate', {
    domainName: hostName,
    validation: CertificateValidation.fromDns(zone),
  }).certificateArn;
}

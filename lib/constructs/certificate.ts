import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';

/**
 * The ARNs of the certificates that the listener needs for the host name: an imported one, or one that is made here and proved by
 * DNS. None when it is a listener that has the certificate already.
 *
 * @param zone - the zone that the proof is written to; without one CloudFormation waits until somebody has written the
 *   records that ACM shows
 */
export function certificateArns(
  scope: Construct,
  { certificate, hostName }: EnvironmentConfig,
  zone?: IHostedZone,
): string[] {
  if (certificate.kind === 'listener') return [];
  if (certificate.kind === 'import') return [certificate.arn];
  const created = new Certificate(scope, 'Certificate', {
    domainName: hostName,
    validation: CertificateValidation.fromDns(zone),
  });
  return [created.certificateArn];
}

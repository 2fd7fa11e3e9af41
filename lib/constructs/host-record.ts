import { ARecord, HostedZone, type IAliasRecordTarget, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';

/** The zone that the host name is kept in; none where DNS is kept outside. */
export function hostedZone(scope: Construct, { dns }: EnvironmentConfig): IHostedZone | undefined {
  if (dns.kind === 'outside') return undefined;
  const { hostedZoneId, zoneName } = dns;
  return HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId, zoneName });
}

/** Points the host name to a load balancer. */
export function hostRecord(
  scope: Construct,
  { hostName }: EnvironmentConfig,
  zone: IHostedZone,
  target: IAliasRecordTarget,
): void {
  new ARecord(scope, 'Record', { zone, recordName: `${hostName}.`, target: RecordTarget.fromAlias(target) });
}

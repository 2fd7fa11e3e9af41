import { CfnListenerCertificate } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { certificateArns } from './certificate.ts';
import { hostedZone, hostRecord } from './host-record.ts';

export interface ImportedLoadBalancerProps {
  readonly config: EnvironmentConfig;
  readonly loadBalancer: Extract<EnvironmentConfig['loadBalancer'], { kind: 'import' }>;
}

/**
 * A load balancer that exists. It is somebody else's: the listener gets the host name's certificate beside its own, and DNS the
 * record, as far as the configuration says so. The two rules are made in the Services stack, as for a load balancer of ours.
 */
export class ImportedLoadBalancer extends Construct {
  readonly dnsName: string;
  readonly listenerArn: string;
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, { config, loadBalancer }: ImportedLoadBalancerProps) {
    super(scope, id);
    const { dnsName, listenerArn, securityGroupId, canonicalHostedZoneId } = loadBalancer;
    this.dnsName = dnsName;
    this.listenerArn = listenerArn;
    this.securityGroupId = securityGroupId;

    const zone = hostedZone(this, config);
    const certificates = certificateArns(this, config, zone);
    // Chosen by SNI: the listener's default certificate stays what it is.
    if (certificates.length > 0) {
      new CfnListenerCertificate(this, 'ListenerCertificate', {
        listenerArn,
        certificates: certificates.map((certificateArn) => ({ certificateArn })),
      });
    }
    if (zone && canonicalHostedZoneId !== undefined) {
      hostRecord(this, config, zone, { bind: () => ({ dnsName, hostedZoneId: canonicalHostedZoneId }) });
    }
  }
}

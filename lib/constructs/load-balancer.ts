import { Validations } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { type IVpc, Peer, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  CfnListenerCertificate,
  ListenerAction,
  ListenerCertificate,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ARecord, HostedZone, type IAliasRecordTarget, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';

type CreatedLoadBalancer = Extract<EnvironmentConfig['loadBalancer'], { kind: 'create' }>;

interface LoadBalancerProps {
  readonly config: EnvironmentConfig;
  readonly loadBalancer: CreatedLoadBalancer;
  readonly vpc: IVpc;
  readonly accessLogs: IBucket;
}

/**
 * The load balancer: HTTPS only; port 80 redirects; requests without a matching rule get 404. The rules are part of the Services stack,
 * so that they roll back together with the services.
 */
export class LoadBalancer extends Construct {
  readonly dnsName: string;
  readonly listenerArn: string;
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, { config, loadBalancer, vpc, accessLogs }: LoadBalancerProps) {
    super(scope, id);
    const internetFacing = loadBalancer.scheme === 'internet-facing';
    const securityGroup = this.securityGroup(config, loadBalancer, vpc);
    const balancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing,
      vpcSubnets: { subnetType: internetFacing ? SubnetType.PUBLIC : SubnetType.PRIVATE_WITH_EGRESS },
      securityGroup,
      deletionProtection: config.terminationProtection,
      dropInvalidHeaderFields: true,
    });
    balancer.logAccessLogs(accessLogs, 'load-balancer');

    const zone = hostedZone(this, config);
    const listener = balancer.addListener('Https', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      open: false,
      certificates: certificateArns(this, config, zone).map((arn) => ListenerCertificate.fromArn(arn)),
      sslPolicy: SslPolicy.TLS13_12_RES_PQ,
      defaultAction: ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'Not found' }),
    });
    balancer.addListener('Http', {
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    if (zone) hostRecord(this, config, zone, new LoadBalancerTarget(balancer));
    this.dnsName = balancer.loadBalancerDnsName;
    this.listenerArn = listener.listenerArn;
    this.securityGroupId = securityGroup.securityGroupId;
  }

  private securityGroup(
    { services, vpc: { cidr } }: EnvironmentConfig,
    loadBalancer: CreatedLoadBalancer,
    vpc: IVpc,
  ): SecurityGroup {
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      allowAllOutbound: false,
      description: 'Load balancer: clients in, tasks out',
    });
    const clients = loadBalancer.scheme === 'internet-facing' ? ['0.0.0.0/0'] : [cidr, ...loadBalancer.clientCidrs];
    for (const client of clients) {
      group.addIngressRule(Peer.ipv4(client), Port.tcp(443), 'Clients');
      group.addIngressRule(Peer.ipv4(client), Port.tcp(80), 'Clients, redirected to HTTPS');
    }
    for (const port of new Set(Object.values(services).map((service) => service.port))) {
      group.addEgressRule(Peer.ipv4(cidr), Port.tcp(port), 'Tasks');
    }
    if (loadBalancer.scheme === 'internet-facing') {
      Validations.of(group).acknowledge({
        id: 'AwsSolutions-EC23',
        reason:
          'The catalog is a public web application: its HTTPS port is open to the Internet, and port 80 only redirects.',
      });
    }
    return group;
  }
}

interface ImportedLoadBalancerProps {
  readonly config: EnvironmentConfig;
  readonly loadBalancer: Extract<EnvironmentConfig['loadBalancer'], { kind: 'import' }>;
}

/**
 * An existing load balancer with another owner. Depending on the configuration, its listener gets the host name's certificate in addition
 * to its own, and DNS gets the record. The two rules are part of the Services stack, as for a new load balancer.
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
    // Selected by SNI: the listener keeps its default certificate.
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

/**
 * The ARNs of the certificates that the listener needs for the host name: an imported one, or a new one with DNS validation. None for a
 * listener that already has the certificate.
 *
 * @param zone - the zone for the validation records; without one, CloudFormation waits until someone creates the records that ACM
 *   shows
 */
function certificateArns(scope: Construct, { certificate, hostName }: EnvironmentConfig, zone?: IHostedZone): string[] {
  if (certificate.kind === 'listener') return [];
  if (certificate.kind === 'import') return [certificate.arn];
  const created = new Certificate(scope, 'Certificate', {
    domainName: hostName,
    validation: CertificateValidation.fromDns(zone),
  });
  return [created.certificateArn];
}

/** The hosted zone of the host name; none when DNS is managed elsewhere. */
function hostedZone(scope: Construct, { dns }: EnvironmentConfig): IHostedZone | undefined {
  if (dns.kind === 'outside') return undefined;
  const { hostedZoneId, zoneName } = dns;
  return HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId, zoneName });
}

/** Points the host name to a load balancer. */
function hostRecord(
  scope: Construct,
  { hostName }: EnvironmentConfig,
  zone: IHostedZone,
  target: IAliasRecordTarget,
): void {
  new ARecord(scope, 'Record', { zone, recordName: `${hostName}.`, target: RecordTarget.fromAlias(target) });
}

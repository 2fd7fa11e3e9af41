import { Validations } from 'aws-cdk-lib';
import { type IVpc, Peer, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ListenerAction,
  ListenerCertificate,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ARecord, HostedZone, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { certificateArn } from './certificate.ts';

export interface LoadBalancerProps {
  readonly config: EnvironmentConfig;
  readonly vpc: IVpc;
  readonly accessLogs: IBucket;
}

/**
 * The load balancer: HTTPS only, port 80 redirects, and whatever no listener rule knows gets 404. The rules are made in the
 * Services stack, so that they go back together with the services.
 */
export class LoadBalancer extends Construct {
  readonly dnsName: string;
  readonly listenerArn: string;
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, { config, vpc, accessLogs }: LoadBalancerProps) {
    super(scope, id);
    const internetFacing = config.loadBalancer.scheme === 'internet-facing';
    const securityGroup = this.securityGroup(config, vpc);
    const balancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing,
      vpcSubnets: { subnetType: internetFacing ? SubnetType.PUBLIC : SubnetType.PRIVATE_WITH_EGRESS },
      securityGroup,
      deletionProtection: config.terminationProtection,
      dropInvalidHeaderFields: true,
    });
    balancer.logAccessLogs(accessLogs, 'load-balancer');

    const zone = this.hostedZone(config);
    const listener = balancer.addListener('Https', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      open: false,
      certificates: [ListenerCertificate.fromArn(certificateArn(this, config, zone))],
      sslPolicy: SslPolicy.TLS13_12_RES_PQ,
      defaultAction: ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'Not found' }),
    });
    balancer.addListener('Http', {
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    if (zone) {
      new ARecord(this, 'Record', {
        zone,
        recordName: `${config.hostName}.`,
        target: RecordTarget.fromAlias(new LoadBalancerTarget(balancer)),
      });
    }
    this.dnsName = balancer.loadBalancerDnsName;
    this.listenerArn = listener.listenerArn;
    this.securityGroupId = securityGroup.securityGroupId;
  }

  private securityGroup({ loadBalancer, services, vpc: { cidr } }: EnvironmentConfig, vpc: IVpc): SecurityGroup {
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

  private hostedZone({ dns }: EnvironmentConfig): IHostedZone | undefined {
    if (dns.kind === 'outside') return undefined;
    const { hostedZoneId, zoneName } = dns;
    return HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName });
  }
}

import { Validations } from 'aws-cdk-lib';
import { type IVpc, Peer, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ListenerAction,
  ListenerCertificate,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { certificateArns } from './certificate.ts';
import { hostedZone, hostRecord } from './host-record.ts';

type CreatedLoadBalancer = Extract<EnvironmentConfig['loadBalancer'], { kind: 'create' }>;

export interface LoadBalancerProps {
  readonly config: EnvironmentConfig;
  readonly loadBalancer: CreatedLoadBalancer;
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

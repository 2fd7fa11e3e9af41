import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { ImportedLoadBalancer, LoadBalancer } from '../constructs/load-balancer.ts';
import { Network } from '../constructs/network.ts';
import { EncryptionKey, SharedSecret } from '../constructs/shared-secret.ts';
import { accessLogBucket, StateStore } from '../constructs/storage.ts';
import { PublishedFoundation } from '../foundation-contract.ts';
import { clusterName, type ServiceName } from '../names.ts';
import { secretParameters } from '../secret-parameters.ts';

/** Everything with state or with references to it: network, load balancer, secret, logs. It never rolls back to an older version. */
export class FoundationStack extends Stack {
  readonly #zones: readonly string[];

  constructor(scope: Construct, id: string, config: EnvironmentConfig, props: StackProps) {
    super(scope, id, props);
    this.#zones = config.vpc.availabilityZones;

    const { vpc } = new Network(this, 'Network', config);
    const accessLogs = accessLogBucket(this, 'AccessLogs', config.logRetentionDays);
    const loadBalancer = this.loadBalancer(config, vpc, accessLogs);
    if (config.cluster.kind === 'create') {
      new Cluster(this, 'Cluster', {
        vpc,
        clusterName: clusterName(config),
        containerInsightsV2: ContainerInsights.ENABLED,
      });
    }

    const encryptionKeyArn = new EncryptionKey(this, 'EncryptionKey', config).arn;
    const parameters = secretParameters(this, config);
    const sharedSecret = new SharedSecret(this, 'SharedSecret', { config, parameters, encryptionKeyArn });
    // A refused secret must stop the deployment before the load balancer exists, which has deletion protection.
    loadBalancer.node.addDependency(sharedSecret);
    const { tableName, bucketName } = new StateStore(this, 'State', { config, accessLogs });

    new PublishedFoundation(this, 'Published', config.namePrefix, {
      'vpc-id': vpc.vpcId,
      'private-subnet-ids': vpc.privateSubnets.map(({ subnetId }) => subnetId).join(','),
      'listener-arn': loadBalancer.listenerArn,
      'load-balancer-security-group-id': loadBalancer.securityGroupId,
      'load-balancer-dns-name': loadBalancer.dnsName,
      'encryption-key-arn': encryptionKeyArn,
      'catalog-log-group': this.taskLogs('catalog', config),
      'mcp-log-group': this.taskLogs('mcp', config),
      'state-table-name': tableName,
      'revision-bucket-name': bucketName,
    });
    new CfnOutput(this, 'LoadBalancerDnsName', {
      value: loadBalancer.dnsName,
      description: `What ${config.hostName} has to point to, where DNS is kept outside`,
    });
  }

  /** The configured zones. CDK would look them up in the account, and synthesis needs no network. */
  override get availabilityZones(): string[] {
    return [...this.#zones];
  }

  private loadBalancer(config: EnvironmentConfig, vpc: IVpc, accessLogs: IBucket) {
    const { loadBalancer } = config;
    return loadBalancer.kind === 'create'
      ? new LoadBalancer(this, 'LoadBalancer', { config, loadBalancer, vpc, accessLogs })
      : new ImportedLoadBalancer(this, 'LoadBalancer', { config, loadBalancer });
  }

  private taskLogs(service: ServiceName, { logGroups, logRetentionDays }: EnvironmentConfig): string {
    if (logGroups.kind === 'import') return logGroups[service];
    const id = service === 'mcp' ? 'McpLogs' : 'CatalogLogs';
    return new LogGroup(this, id, { retention: logRetentionDays }).logGroupName;
  }
}

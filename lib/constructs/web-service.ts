import { Duration } from 'aws-cdk-lib';
import { CfnSecurityGroupEgress, type IVpc, Peer, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { FargateService, type ICluster, PropagatedTagSource } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationProtocol,
  ApplicationTargetGroup,
  CfnListenerRule,
  ListenerCondition,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct, type IConstruct } from 'constructs';
import { serviceName } from '../names.ts';
import { ServiceTask, type ServiceTaskProps } from './service-task.ts';

/** Time for requests in flight to end when a task is deregistered. */
const DRAIN_TIME = Duration.seconds(15);

export interface WebServiceProps extends ServiceTaskProps {
  readonly cluster: ICluster;
  readonly vpc: IVpc;
  /** Paths of the host that belong to the service. @default - all paths without another rule */
  readonly paths?: readonly string[];
}

/**
 * A service behind the load balancer: tasks in private subnets that only the load balancer can reach, and the rule that forwards
 * requests to them. ECS replaces them without ever running fewer than before, and rolls back by itself when new ones do not become
 * healthy. The load balancer's health check is the only one: it works for every image, even without a shell.
 */
export class WebService extends Construct {
  readonly service: FargateService;
  readonly task: ServiceTask;

  constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id);
    const { config, service, vpc } = props;
    this.task = new ServiceTask(this, 'Task', props);
    const targetGroup = this.targetGroup(props);
    const rule = this.listenerRule(props, targetGroup);
    const securityGroup = this.securityGroup(props, vpc);
    const egress = this.egressOfLoadBalancer(props, securityGroup);

    this.service = new FargateService(this, 'Service', {
      serviceName: serviceName(config, service),
      cluster: props.cluster,
      taskDefinition: this.task.definition,
      desiredCount: config.services[service].desiredCount,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      assignPublicIp: false,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [securityGroup],
      enableECSManagedTags: true,
      propagateTags: PropagatedTagSource.SERVICE,
    });
    this.service.attachToApplicationTargetGroup(targetGroup);
    // ECS refuses a target group without a load balancer, and cannot start a task whose role lacks permissions.
    this.service.node.addDependency(rule, this.task.executionRole, ...egress);
  }

  private targetGroup({ config, service, vpc }: WebServiceProps): ApplicationTargetGroup {
    const { port, healthPath } = config.services[service];
    return new ApplicationTargetGroup(this, 'Targets', {
      vpc,
      port,
      protocol: ApplicationProtocol.HTTP,
      targetType: TargetType.IP,
      deregistrationDelay: DRAIN_TIME,
      healthCheck: {
        path: healthPath,
        healthyHttpCodes: '200',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
  }

  /** An L1 construct: the listener is known only by its ARN, and a rule of an L2 listener would add a second, separate rule to the
   * tasks' security group. */
  private listenerRule({ config, foundation, service, paths }: WebServiceProps, targetGroup: ApplicationTargetGroup) {
    const conditions = [
      ListenerCondition.hostHeaders([config.hostName]),
      ...(paths ? [ListenerCondition.pathPatterns([...paths])] : []),
    ];
    return new CfnListenerRule(this, 'Rule', {
      listenerArn: foundation.get('listener-arn'),
      priority: config.loadBalancer.rulePriorities[service],
      conditions: conditions.map((condition) => condition.renderRawCondition()),
      actions: [{ type: 'forward', targetGroupArn: targetGroup.targetGroupArn }],
    });
  }

  private securityGroup({ config, service, foundation }: WebServiceProps, vpc: IVpc): SecurityGroup {
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      allowAllOutbound: false,
      description: `Tasks of ${serviceName(config, service)}`,
    });
    const loadBalancer = Peer.securityGroupId(foundation.get('load-balancer-security-group-id'));
    group.addIngressRule(loadBalancer, Port.tcp(config.services[service].port), 'Load balancer');
    for (const port of new Set([443, portOf(config.registryUrl)])) {
      group.addEgressRule(Peer.anyIpv4(), Port.tcp(port), 'AWS APIs and the registry');
    }
    return group;
  }

  /**
   * Lets an imported load balancer reach the tasks, if its own rules do not. The rule names this group alone, so that it cannot exist
   * already, which EC2 would refuse.
   */
  private egressOfLoadBalancer({ config, service, foundation }: WebServiceProps, tasks: SecurityGroup): IConstruct[] {
    if (config.loadBalancer.kind === 'create' || !config.loadBalancer.addEgress) return [];
    const { port } = config.services[service];
    const rule = new CfnSecurityGroupEgress(this, 'LoadBalancerEgress', {
      groupId: foundation.get('load-balancer-security-group-id'),
      destinationSecurityGroupId: tasks.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      description: `Tasks of ${serviceName(config, service)}`,
    });
    return [rule];
  }
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

import { type CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  type ElasticLoadBalancingV2Client,
  paginateDescribeRules,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { errorName } from '../../contract/safe-error.ts';
import { resourcesOf, type Template } from '../cloud-assembly.ts';
import type { PreflightClients } from './clients.ts';
import { check, type Finding, invalid, ok } from './finding.ts';

const TYPE = 'AWS::ElasticLoadBalancingV2::ListenerRule';

/**
 * Whether the priorities of the services' listener rules are free, or used by these rules already: a duplicate priority fails in
 * the middle of a deployment.
 *
 * @param listenerArn - `undefined` when this deployment creates the listener
 * @param servicesStack - the stack that owns our rules
 */
export function listenerRuleFinding(
  clients: Pick<PreflightClients, 'cloudformation' | 'elbv2'>,
  template: Template,
  listenerArn: string | undefined,
  servicesStack: string,
): Promise<Finding> {
  const wanted = resourcesOf(template, TYPE).map(({ Properties }) => String(Properties?.Priority));
  const list = wanted.join(', ');
  return check('listener rule priorities', async () => {
    if (listenerArn === undefined) return ok(`${list}: the listener is created by this deployment`);
    const [rules, ours] = await Promise.all([
      rulesOf(clients.elbv2, listenerArn),
      rulesOfStack(clients.cloudformation, servicesStack),
    ]);
    if (rules === undefined) {
      const remedy =
        'Fix its ARN in the configuration; if this project created the listener, deploy Foundation to recreate it.';
      return invalid(`listener ${listenerArn} does not exist`, remedy);
    }
    const foreign = rules.filter(({ RuleArn = '' }) => !ours.has(RuleArn));
    const taken = foreign.map(({ Priority = '' }) => Priority).filter((priority) => wanted.includes(priority));
    if (taken.length === 0) return ok(`${list}: free, or already used by this deployment`);
    return invalid(
      `already used by other rules of the listener: ${taken.join(', ')}`,
      `Choose other priorities in loadBalancer.rulePriorities; in use: ${foreign.map(({ Priority }) => Priority).join(', ')}.`,
    );
  });
}

async function rulesOf(client: ElasticLoadBalancingV2Client, ListenerArn: string): Promise<Rule[] | undefined> {
  const rules: Rule[] = [];
  try {
    for await (const { Rules = [] } of paginateDescribeRules({ client }, { ListenerArn })) rules.push(...Rules);
  } catch (error) {
    if (errorName(error) === 'ListenerNotFoundException') return undefined;
    throw error;
  }
  return rules.filter(({ IsDefault }) => !IsDefault);
}

async function rulesOfStack(client: CloudFormationClient, StackName: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  try {
    for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName })) {
      for (const { ResourceType, PhysicalResourceId = '' } of StackResourceSummaries) {
        if (ResourceType === TYPE) found.add(PhysicalResourceId);
      }
    }
  } catch (error) {
    // This is how CloudFormation says that a stack does not exist.
    if (errorName(error) !== 'ValidationError') throw error;
  }
  return found;
}

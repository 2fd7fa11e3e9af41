import { createHash } from 'node:crypto';
import { DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { revisionTemplateKey, templateTrigger } from '../../../contract/revision.ts';
import type { Deploy } from '../properties.ts';
import { attempt, awsCall, Refusal } from '../refusal.ts';
import { type Connections, withDeadline } from '../settings.ts';
import { type KeptTemplate, updateRevision } from './revision.ts';

/** As long as the deploy waits for its template: the canary before it may have taken nearly all the time there is. */
const KEEP_MS = 10_000;

async function keep(number: number, deploy: Deploy, connections: Connections): Promise<KeptTemplate> {
  const { s3, settings, abortSignal } = connections;
  const { text, stackParameters } = await readDeployedTemplate(deploy, connections);
  const key = revisionTemplateKey(number);
  const object = { Bucket: settings.revisionBucket, Key: key, Body: text, ContentType: 'application/json' };
  await awsCall('s3:PutObject', s3.send(new PutObjectCommand(object), { abortSignal }));
  return { template: { key, sha256: createHash('sha256').update(text).digest('hex') }, stackParameters };
}

/**
 * Puts the template of a deploy into the revision bucket, before any record names it.
 *
 * @returns `undefined` when that did not work: the deploy goes on, and nothing can go back to it
 */
export function keepTemplate(
  number: number,
  deploy: Deploy,
  connections: Connections,
): Promise<KeptTemplate | undefined> {
  return attempt('template not kept', () => keep(number, deploy, withDeadline(KEEP_MS, connections)), {
    revision: number,
  });
}

/** Tries once more for a deploy whose record is open and has none. */
export async function keepMissingTemplate(number: number, deploy: Deploy, connections: Connections): Promise<void> {
  const kept = await keepTemplate(number, deploy, connections);
  if (kept === undefined) return;
  const record = () => updateRevision(number, { verdict: 'open', values: kept }, connections);
  await attempt('template not recorded', record, { revision: number });
}

/** What CloudFormation deploys. */
type DeployedTemplate = {
  readonly text: string;
  /** Parameters of the stack by name, as they were given. */
  readonly stackParameters: Readonly<Record<string, string>>;
};

type Source = { readonly StackName: string; readonly ChangeSetName?: string };

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The template of a stack, or of one of its change sets, if it is the one that is being deployed. */
async function readTemplate(
  source: Source,
  trigger: string,
  { cloudformation, abortSignal }: Connections,
): Promise<string | undefined> {
  const command = new GetTemplateCommand({ ...source, TemplateStage: 'Original' });
  const call = cloudformation.send(command, { abortSignal });
  const { TemplateBody: text = '' } = await awsCall('cloudformation:GetTemplate', call);
  const template = parse(text);
  if (templateTrigger(template) !== trigger) return undefined;
  requireUnaltered(text, template, trigger);
  return text;
}

/**
 * CloudFormation gives a question mark for whatever is outside of ASCII in what it was given:
 * https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/814
 * A template with one is taken only if its trigger, which is its hash without the triggers, says that it has been there before.
 */
function requireUnaltered(text: string, template: unknown, trigger: string): void {
  if (!text.includes('?')) return;
  const rest = JSON.stringify(template, (_, value: unknown) => (value === trigger ? '' : value));
  if (createHash('sha256').update(rest).digest('hex') === trigger) return;
  throw new Refusal(
    'template-altered',
    'CloudFormation returns the template with question marks in place of non-ASCII characters, so no rollback to this revision is possible. Use only ASCII characters in the configuration of the services and in the break-glass reason.',
  );
}

/**
 * Reads the template of the deploy that is under way from CloudFormation. While a stack is being updated it may still answer
 * with the template before; the change set that is being executed then has the new one.
 *
 * @throws Refusal `template-unknown` when neither has it, `template-altered` when it is not what was deployed, `aws-call-failed`
 */
async function readDeployedTemplate(deploy: Deploy, connections: Connections): Promise<DeployedTemplate> {
  const { cloudformation, abortSignal } = connections;
  const { trigger } = deploy.properties;
  const stack = { StackName: deploy.stackArn };
  const [ofStack, { Stacks: [found] = [] }] = await Promise.all([
    readTemplate(stack, trigger, connections),
    awsCall('cloudformation:DescribeStacks', cloudformation.send(new DescribeStacksCommand(stack), { abortSignal })),
  ]);
  const { ChangeSetId, Parameters = [] } = found ?? {};
  const text =
    ofStack ?? (ChangeSetId && (await readTemplate({ ...stack, ChangeSetName: ChangeSetId }, trigger, connections)));
  if (!text) {
    throw new Refusal(
      'template-unknown',
      'CloudFormation returns the template of this deploy neither for the stack nor for its change set, so no rollback to this revision is possible.',
    );
  }
  const stackParameters = Object.fromEntries(
    Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
  );
  return { text, stackParameters };
}

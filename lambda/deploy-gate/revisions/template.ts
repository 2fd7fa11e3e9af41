import { createHash } from 'node:crypto';
import { DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { revisionTemplateKey, templateTrigger } from '../../../contract/revision.ts';
import type { Deploy } from '../properties.ts';
import { attempt, awsCall, Refusal } from '../refusal.ts';
import { type Connections, withDeadline } from '../settings.ts';
import { type KeptTemplate, updateRevision } from './revision.ts';

/** Limits the delay of the deploy: the canary may have used nearly all of the time. */
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
 * Stores the template of a deploy in the revision bucket, before any record names it.
 *
 * @returns `undefined` on failure: the deploy continues, but no rollback to it is possible
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

/** Retries for a deploy whose open record has no template. */
export async function keepMissingTemplate(number: number, deploy: Deploy, connections: Connections): Promise<void> {
  const kept = await keepTemplate(number, deploy, connections);
  if (kept === undefined) return;
  const record = () => updateRevision(number, { verdict: 'open', values: kept }, connections);
  await attempt('template not recorded', record, { revision: number });
}

/** The template and parameters that CloudFormation deploys. */
type DeployedTemplate = {
  readonly text: string;
  /** Stack parameters by name, as given. */
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

/** The template of a stack or of one of its change sets, if it is the one being deployed. */
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
 * CloudFormation returns a question mark for every non-ASCII character of a template:
 * https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/814
 * A template with question marks is accepted only if its trigger, the hash of the template without triggers, matches.
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
 * Reads the template of the current deploy from CloudFormation. During an update, the stack may still return the previous template;
 * the executing change set then has the new one.
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

import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse } from 'aws-lambda';
import { goesBack, isOver } from '../../aws/stack.ts';
import { errorName, stackFrames } from '../../contract/safe-error.ts';
import { log } from '../shared/log.ts';
import { admit } from './gate.ts';
import { stackStatusOf } from './lock.ts';
import { type Deploy, fingerprintOf, parseProperties } from './properties.ts';
import { Refusal, type RefusalCode } from './refusal.ts';
import { readNewestRevision } from './revisions/revision.ts';
import type { Connections } from './settings.ts';
import { undo } from './undo.ts';
import { giveVerdict } from './verdict.ts';

/** Opens the connections of one unit of work; its signal ends them. */
export type Connect = (abortSignal: AbortSignal) => Connections;

/** The longest canary run (90 s) and the calls around it. With the cleanup it stays within the function's 3 minutes. */
const WORK_MS = 130_000;
const UNDO_MS = 20_000;

/** CloudFormation refuses a response of more than 4,096 bytes. */
const MAX_REASON_LENGTH = 1_000;

/** Refusals of events without a deploy of their own: what the stack holds then belongs to another deploy. */
const HOLD_NOTHING: readonly RefusalCode[] = ['revision-not-open', 'stack-not-in-progress'];

/** The two resource types. */
const WORK: Readonly<Record<string, (deploy: Deploy, connections: Connections) => Promise<void>>> = {
  'Custom::DeployGate': admit,
  'Custom::DeployVerdict': giveVerdict,
};

/** Direction of the stack operation: forward (first or later deploy), or back to the previous state. */
type Direction = 'create' | 'update' | 'back';

/**
 * CloudFormation's events do not say whether an Update is a deploy or its rollback; the stack's status does.
 *
 * @throws Refusal when the status cannot be read or derived, or when the stack is not being changed
 */
async function directionOf(event: CloudFormationCustomResourceEvent, connections: Connections): Promise<Direction> {
  if (event.RequestType === 'Delete') return 'back';
  let status: string;
  try {
    status = await stackStatusOf(event.StackId, connections);
  } catch (error) {
    if (await isRollback(event, connections)) return 'back';
    throw error;
  }
  if (goesBack(status)) return 'back';
  if (isOver(status)) {
    throw new Refusal('stack-not-in-progress', `Event received after the stack operation ended (${status}).`);
  }
  return status.startsWith('CREATE') ? 'create' : 'update';
}

/**
 * Whether an Update event is a rollback. A rollback goes from the failed deploy to the one before it; if the gate refused before it
 * opened a revision, to the newest one that did not fail. A deploy goes to a new state.
 */
async function isRollback(event: CloudFormationCustomResourceEvent, connections: Connections): Promise<boolean> {
  if (event.RequestType !== 'Update') return false;
  const newest = await readNewestRevision(connections);
  if (newest?.stackArn !== event.StackId) return false;
  const failed = newest.verdict === 'open' || newest.verdict === 'failed';
  return newest.fingerprint === fingerprintOf(failed ? event.OldResourceProperties : event.ResourceProperties);
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  log('error', 'unexpected error', { error: errorName(error), stack: stackFrames(error) });
  const message = `Unexpected ${errorName(error)}; see the log group of the deploy gate.`;
  return new Refusal('unexpected', message);
}

async function goForward(event: CloudFormationCustomResourceEvent, first: boolean, connections: Connections) {
  const work = WORK[event.ResourceType];
  if (work === undefined) {
    throw new Refusal('properties-invalid', `Unknown resource type ${event.ResourceType}.`);
  }
  const properties = parseProperties(event.ResourceProperties);
  await work({ stackArn: event.StackId, requestId: event.RequestId, first, properties }, connections);
}

/** Handles an event; resolves to the reason to refuse the deploy, if there is one. */
async function refusalFor(event: CloudFormationCustomResourceEvent, connect: Connect): Promise<Refusal | undefined> {
  try {
    const connections = connect(AbortSignal.timeout(WORK_MS));
    const direction = await directionOf(event, connections);
    if (direction === 'back') {
      const failed = event.RequestType === 'Update' ? fingerprintOf(event.OldResourceProperties) : undefined;
      await undo({ stackArn: event.StackId, failed }, undefined, connections);
      return undefined;
    }
    await goForward(event, direction === 'create', connections);
    return undefined;
  } catch (error) {
    const refusal = refusalOf(error);
    if (event.RequestType === 'Delete') {
      log('error', 'cleanup failed', { code: refusal.code, reason: refusal.message });
      return undefined;
    }
    return refusal;
  }
}

/** The resources represent nothing physical, so their IDs never change. */
function physicalIdOf(event: CloudFormationCustomResourceEvent): string {
  return event.RequestType === 'Create' ? event.LogicalResourceId : event.PhysicalResourceId;
}

/**
 * Handles an event of CloudFormation and returns the response; never throws, and ends within 150 s.
 *
 * Forward, every failed precondition and every error fails the deploy. A rollback and a deletion always succeed.
 */
export async function respondTo(
  event: CloudFormationCustomResourceEvent,
  connect: Connect,
): Promise<CloudFormationCustomResourceResponse> {
  const { StackId, RequestId, LogicalResourceId, RequestType, ResourceType } = event;
  const ids = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: physicalIdOf(event) };
  const refusal = await refusalFor(event, connect);
  if (refusal === undefined) return { Status: 'SUCCESS', ...ids };
  const { code, message } = refusal;
  const reason = `${code}: ${message}`.slice(0, MAX_REASON_LENGTH);
  log('error', 'refused', { requestType: RequestType, resourceType: ResourceType, code, reason });
  if (!HOLD_NOTHING.includes(code)) await giveUp(StackId, reason, connect);
  return { Status: 'FAILED', Reason: reason, ...ids };
}

/** Cleans up at once, since not every rollback reaches both resources. */
async function giveUp(stackArn: string, reason: string, connect: Connect): Promise<void> {
  try {
    await undo({ stackArn, failed: undefined }, reason, connect(AbortSignal.timeout(UNDO_MS)));
  } catch (error) {
    log('error', 'cleanup failed', { reason: refusalOf(error).message });
  }
}

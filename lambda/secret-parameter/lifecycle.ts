import type {
  CloudFormationCustomResourceEvent,
  CloudFormationCustomResourceResponse,
  CloudFormationCustomResourceUpdateEvent,
} from 'aws-lambda';
import { errorName, stackFrames } from '../../contract/safe-error.ts';
import { log } from '../shared/log.ts';
import { ensureParameters, type ParameterStore } from './ensure-parameters.ts';
import { PROPERTY_NAMES, parseProperties, Refusal } from './properties.ts';

/** All that a template may learn: versions. `NoEcho` does not mask a custom resource's `Data`, so no value may be in it. */
type Data = { readonly SecretVersion: string; readonly KeySetVersion: string };

/** What is answered when the parameters were deliberately not read; a template that asks for a version still gets one. */
const UNCHANGED: Data = { SecretVersion: 'unchanged', KeySetVersion: 'unchanged' };

/** CloudFormation refuses a response of more than 4,096 bytes. */
const MAX_REASON_LENGTH = 1_000;

async function ensure(event: CloudFormationCustomResourceEvent, store: ParameterStore): Promise<Data> {
  const properties = parseProperties(event.ResourceProperties);
  const { action, keyId, acceptedKeyIds, secretVersion, keySetVersion, secretBytes } = await ensureParameters(
    properties,
    store,
  );
  log('info', 'parameters ensured', {
    action,
    requestType: event.RequestType,
    secretParameter: properties.SecretParameterName,
    keySetParameter: properties.KeySetParameterName,
    keyId,
    acceptedKeyIds,
    secretBytes: secretBytes.before === null ? `${secretBytes.after}` : `${secretBytes.before} -> ${secretBytes.after}`,
    secretVersion,
    keySetVersion,
  });
  return { SecretVersion: String(secretVersion), KeySetVersion: String(keySetVersion) };
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.message.slice(0, MAX_REASON_LENGTH);
  log('error', 'unexpected error', { error: errorName(error), stack: stackFrames(error) });
  return `Unexpected ${errorName(error)}; see the log group of the function.`;
}

async function update(event: CloudFormationCustomResourceUpdateEvent, store: ParameterStore): Promise<Data> {
  const { OldResourceProperties: old, ResourceProperties: properties } = event;
  if (PROPERTY_NAMES.every((name) => properties[name] === old[name])) {
    log('info', 'parameters untouched', { requestType: event.RequestType });
    return UNCHANGED;
  }
  // An update that renamed the secret and failed did not change the physical ID. If the ID is not the old name, then the
  // old properties are those of the failed update, and this is its rollback.
  const rollsBack = event.PhysicalResourceId !== old.SecretParameterName;
  try {
    return await ensure(event, store);
  } catch (error) {
    if (!rollsBack) throw error;
    // A custom resource that fails in a rollback leaves the stack in UPDATE_ROLLBACK_FAILED; what is at the old names now
    // was there before the update, so refusing it here would fix nothing.
    log('error', 'rollback leaves the parameters as they are', { reason: reasonOf(error) });
    return UNCHANGED;
  }
}

function physicalIdOf(event: CloudFormationCustomResourceEvent, succeeded: boolean): string {
  const name: unknown = event.ResourceProperties.SecretParameterName;
  const wanted = typeof name === 'string' && name !== '' ? name : event.LogicalResourceId;
  if (event.RequestType === 'Create') return wanted;
  // A failed update keeps the ID, or CloudFormation would take the new name for a resource that has to be deleted.
  return event.RequestType === 'Update' && succeeded ? wanted : event.PhysicalResourceId;
}

async function dataOf(event: CloudFormationCustomResourceEvent, store: ParameterStore): Promise<Data | undefined> {
  switch (event.RequestType) {
    case 'Create':
      return ensure(event, store);
    case 'Update':
      return update(event, store);
    case 'Delete':
      // Retained: losing the secret would sign everybody out and could not be undone.
      log('info', 'parameters retained', { requestType: event.RequestType });
      return undefined;
  }
}

/** Does what an event of CloudFormation asks and gives the response to it; never throws. */
export async function respondTo(
  event: CloudFormationCustomResourceEvent,
  store: ParameterStore,
): Promise<CloudFormationCustomResourceResponse> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const ids = { StackId, RequestId, LogicalResourceId };
  try {
    const Data = await dataOf(event, store);
    const PhysicalResourceId = physicalIdOf(event, true);
    return { Status: 'SUCCESS', ...ids, PhysicalResourceId, ...(Data === undefined ? {} : { Data }) };
  } catch (error) {
    const Reason = reasonOf(error);
    log('error', 'refused', { requestType: event.RequestType, reason: Reason });
    return { Status: 'FAILED', Reason, ...ids, PhysicalResourceId: physicalIdOf(event, false) };
  }
}

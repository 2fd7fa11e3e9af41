import type {
  CloudFormationCustomResourceEvent,
  CloudFormationCustomResourceResponse,
  CloudFormationCustomResourceUpdateEvent,
} from 'aws-lambda';
import { errorName, stackFrames } from '../../contract/safe-error.ts';
import { log } from '../shared/log.ts';
import { ensureParameters, type ParameterStore } from './ensure-parameters.ts';
import { PROPERTY_NAMES, parseProperties, Refusal } from './properties.ts';

/** The attributes for the template: only versions. `NoEcho` does not mask a custom resource's `Data`, so it must not contain a value. */
type Data = { readonly SecretVersion: string; readonly KeySetVersion: string };

/** The response when the parameters were deliberately not read; a template that asks for a version still gets one. */
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
  // A failed update that renamed the secret did not change the physical ID. So if the ID is not the old name, the old properties are
  // those of the failed update, and this is its rollback.
  const rollsBack = event.PhysicalResourceId !== old.SecretParameterName;
  try {
    return await ensure(event, store);
  } catch (error) {
    if (!rollsBack) throw error;
    // A custom resource that fails in a rollback leaves the stack in UPDATE_ROLLBACK_FAILED. The parameters at the old names existed
    // before the update, so a refusal would fix nothing.
    log('error', 'rollback leaves the parameters unchanged', { reason: reasonOf(error) });
    return UNCHANGED;
  }
}

function physicalIdOf(event: CloudFormationCustomResourceEvent, succeeded: boolean): string {
  const name: unknown = event.ResourceProperties.SecretParameterName;
  const wanted = typeof name === 'string' && name !== '' ? name : event.LogicalResourceId;
  if (event.RequestType === 'Create') return wanted;
  // A failed update keeps the ID; otherwise CloudFormation would delete the new name as a replaced resource.
  return event.RequestType === 'Update' && succeeded ? wanted : event.PhysicalResourceId;
}

async function dataOf(event: CloudFormationCustomResourceEvent, store: ParameterStore): Promise<Data | undefined> {
  switch (event.RequestType) {
    case 'Create':
      return ensure(event, store);
    case 'Update':
      return update(event, store);
    case 'Delete':
      // Retained: losing the secret would sign out every user and could not be undone.
      log('info', 'parameters retained', { requestType: event.RequestType });
      return undefined;
  }
}

/** Handles an event of CloudFormation and sends the response; never throws. */
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

import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { foundationParameterName } from '../lib/foundation-values.ts';

/**
 * The name of an environment's state table, from Foundation's contract.
 *
 * @param namePrefix - of the environment
 * @throws what the SDK throws, or an Error when the parameter has no value
 */
export async function readStateTableName(ssm: SSMClient, namePrefix: string): Promise<string> {
  const Name = foundationParameterName(namePrefix, 'state-table-name');
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
  if (Parameter?.Value) return Parameter.Value;
  throw new Error(`The parameter ${Name} is empty`);
}

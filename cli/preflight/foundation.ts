import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { type FoundationValue, foundationParameterName } from '../../lib/foundation-values.ts';
import { unlessNamed } from './finding.ts';

/**
 * A value of Foundation's contract, as it is deployed.
 *
 * @returns `undefined` before the first deploy
 * @throws what the SDK throws when nobody can tell
 */
export async function foundationValue(
  ssm: SSMClient,
  namePrefix: string,
  value: FoundationValue,
): Promise<string | undefined> {
  const asked = ssm.send(new GetParameterCommand({ Name: foundationParameterName(namePrefix, value) }));
  return (await unlessNamed(asked, 'ParameterNotFound'))?.Parameter?.Value;
}

import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { type FoundationValue, foundationParameterName } from '../lib/foundation-values.ts';
import { awsFailure, undefinedOn } from './aws-failure.ts';
import { CommandError, EXIT } from './exit-codes.ts';

/**
 * A parameter that Foundation publishes.
 *
 * @returns `undefined` before the first deploy
 * @throws the SDK's error when it cannot be read
 */
export async function foundationValue(
  ssm: SSMClient,
  namePrefix: string,
  value: FoundationValue,
): Promise<string | undefined> {
  const asked = ssm.send(new GetParameterCommand({ Name: foundationParameterName(namePrefix, value) }));
  return (await undefinedOn(asked, 'ParameterNotFound'))?.Parameter?.Value;
}

/**
 * A parameter that Foundation publishes and that has to exist.
 *
 * @param namePrefix - of the environment
 * @throws CommandError (3) when AWS refuses the caller, (4) when it does not exist or cannot be read
 */
export async function requireFoundationValue(
  ssm: SSMClient,
  namePrefix: string,
  value: FoundationValue,
): Promise<string> {
  const name = foundationParameterName(namePrefix, value);
  const found = await foundationValue(ssm, namePrefix, value).catch((error: unknown) => {
    throw awsFailure(`Could not read the parameter ${name}`, error);
  });
  if (found) return found;
  throw new CommandError(
    `The parameter ${name} does not exist. Is the environment deployed? Deploy Foundation and Trust first.`,
    EXIT.unreachable,
  );
}

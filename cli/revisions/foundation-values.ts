import type { SSMClient } from '@aws-sdk/client-ssm';
import { type FoundationValue, foundationParameterName } from '../../lib/foundation-values.ts';
import { awsFailure } from '../aws-failure.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { foundationValue } from '../preflight/foundation.ts';

/**
 * A value of Foundation's contract that has to be there.
 *
 * @param namePrefix - of the environment
 * @throws CommandError (3) when AWS refuses the caller, (4) when it is not there or cannot be read otherwise
 */
export async function requireFoundationValue(
  ssm: SSMClient,
  namePrefix: string,
  value: FoundationValue,
): Promise<string> {
  const name = foundationParameterName(namePrefix, value);
  const found = await foundationValue(ssm, namePrefix, value).catch((error: unknown) => {
    throw awsFailure(`The parameter ${name} cannot be read`, error);
  });
  if (found) return found;
  throw new CommandError(
    `There is no parameter ${name}. Is the environment deployed? Deploy Foundation and Trust of this code first.`,
    EXIT.unreachable,
  );
}

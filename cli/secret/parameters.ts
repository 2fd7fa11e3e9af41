import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { awsFailure } from '../aws-failure.ts';

/** What may be told of a SecureString: never its value, encrypted or not. */
export interface ParameterState {
  readonly name: string;
  /** Absent, as `modifiedAt` is, when there is no such parameter. */
  readonly version?: number;
  /** ISO 8601. */
  readonly modifiedAt?: string;
}

/**
 * Looks at parameters without decrypting them, in the order of their names' list.
 *
 * @throws CommandError (3) when AWS refuses the caller, (4) when they cannot be read otherwise
 */
export async function readParameterStates(
  ssm: SSMClient,
  names: readonly string[],
): Promise<readonly ParameterState[]> {
  const command = new GetParametersCommand({ Names: [...names], WithDecryption: false });
  const { Parameters = [] } = await ssm.send(command).catch((error: unknown) => {
    throw awsFailure('The parameters of the secret cannot be looked at', error);
  });
  return names.map((name) => {
    const { Version: version, LastModifiedDate: modified } = Parameters.find(({ Name }) => Name === name) ?? {};
    return {
      name,
      ...(version !== undefined && { version }),
      ...(modified && { modifiedAt: modified.toISOString() }),
    };
  });
}

import { GetParametersCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { errorName } from '../../contract/safe-error.ts';
import type { ParameterStore } from './ensure-parameters.ts';
import { Refusal } from './properties.ts';

/** Remedies for SSM errors that an operator may see; the names are from the API reference. */
const REMEDIES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'Allow it for the role of this function, on the parameter and on the KMS key.',
  HierarchyTypeMismatchException: 'It exists with another type. Save its value elsewhere, delete it and deploy again.',
  InvalidKeyId: 'Check that the KMS key exists, is enabled and may be used by the role of this function.',
  ParameterMaxVersionLimitExceeded: 'Remove the label from its oldest version.',
  ValidationException: 'An advanced parameter cannot become a standard one. Delete it and deploy again.',
};

function refusalOf(operation: string, names: string, error: unknown): Refusal {
  const name = errorName(error);
  const remedy = REMEDIES[name] ?? 'Look for it in CloudTrail, then deploy again.';
  return new Refusal(`ssm:${operation} failed with ${name} for ${names}. ${remedy}`);
}

/** Parameter Store over the SSM client; every failure becomes a `Refusal` with the error's name and never its message. */
export function ssmParameters(client: SSMClient): ParameterStore {
  return {
    async get(names) {
      const { Parameters = [] } = await client
        .send(new GetParametersCommand({ Names: [...names], WithDecryption: true }))
        .catch((error: unknown) => {
          throw refusalOf('GetParameters', names.join(', '), error);
        });
      const found = new Map<string, string>();
      for (const { Name, Type, Value } of Parameters) {
        if (Name === undefined || Value === undefined) continue;
        // SSM cannot change a parameter's type, and would refuse only the second of the two writes.
        if (Type !== 'SecureString') {
          throw new Refusal(
            `Parameter ${Name} is a ${Type}, not a SecureString: anyone who may read parameters may have read it. Delete it and deploy again to create a new one.`,
          );
        }
        found.set(Name, Value);
      }
      return found;
    },

    async put(name, value, encryptionKeyArn) {
      const { Version } = await client
        .send(
          new PutParameterCommand({
            Name: name,
            Value: value,
            Type: 'SecureString',
            KeyId: encryptionKeyArn,
            Overwrite: true,
            Tier: 'Standard',
          }),
        )
        .catch((error: unknown) => {
          throw refusalOf('PutParameter', name, error);
        });
      return Version ?? 0;
    },
  };
}

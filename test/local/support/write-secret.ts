import { PutParameterCommand, type PutParameterCommandOutput, type SSMClient } from '@aws-sdk/client-ssm';

/** Writes a secret parameter by hand, over what is there. */
export function writeSecret(ssm: SSMClient, name: string, value: string): Promise<PutParameterCommandOutput> {
  return ssm.send(new PutParameterCommand({ Name: name, Value: value, Type: 'SecureString', Overwrite: true }));
}

import {
  DeleteParameterCommand,
  GetParameterHistoryCommand,
  GetParametersCommand,
  type ParameterHistory,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { ParameterPort, ParameterRole, Stored } from '../ports.ts';
import type { RotationSettings } from '../settings.ts';
import { awsCall } from './call.ts';

/** What SSM tells of a version. */
type Described = Pick<ParameterHistory, 'Value' | 'Version' | 'LastModifiedDate' | 'Type'>;

/** A plain String was readable by anybody who may read parameters: as a secret it is worth nothing. */
function storedOf({ Value = '', Version = 0, LastModifiedDate, Type }: Described): Stored {
  const modifiedAt = LastModifiedDate?.getTime() ?? 0;
  return { value: Type === 'SecureString' ? Value : '', version: Version, modifiedAt };
}

/** Parameter Store, over the client of the SDK. */
export function parameterPort(
  client: SSMClient,
  { secretParameter, keySetParameter, encryptionKey, incomingPath }: RotationSettings,
  abortSignal: AbortSignal,
): ParameterPort {
  const names: Record<ParameterRole, string> = { secret: secretParameter, keySet: keySetParameter };
  const options = { abortSignal };

  async function get(wanted: readonly string[]): Promise<Map<string, Stored>> {
    const command = new GetParametersCommand({ Names: [...wanted], WithDecryption: true });
    const { Parameters = [] } = await awsCall('ssm:GetParameters', client.send(command, options));
    return new Map(Parameters.map((parameter) => [parameter.Name ?? '', storedOf(parameter)]));
  }

  return {
    async read() {
      const found = await get(Object.values(names));
      const [secret, keySet] = [found.get(names.secret), found.get(names.keySet)];
      return { ...(secret && { secret }), ...(keySet && { keySet }) };
    },

    async history(role) {
      const versions: Stored[] = [];
      let token: string | undefined;
      do {
        const command = new GetParameterHistoryCommand({
          Name: names[role],
          WithDecryption: true,
          ...(token !== undefined && { NextToken: token }),
        });
        const answer = client.send(command, options).catch((error: unknown) => {
          if (error instanceof ParameterNotFound) return { Parameters: [], NextToken: undefined };
          throw error;
        });
        const { Parameters = [], NextToken } = await awsCall('ssm:GetParameterHistory', answer);
        versions.push(...Parameters.map(storedOf));
        token = NextToken;
      } while (token !== undefined);
      return versions;
    },

    async put(role, value) {
      const command = new PutParameterCommand({
        Name: names[role],
        Value: value,
        Type: 'SecureString',
        KeyId: encryptionKey,
        Overwrite: true,
        Tier: 'Standard',
      });
      await awsCall('ssm:PutParameter', client.send(command, options));
    },

    async readIncoming(name) {
      if (!name.startsWith(incomingPath)) return undefined;
      const stored = (await get([name])).get(name);
      return stored?.value === '' ? undefined : stored?.value;
    },

    async deleteIncoming(name) {
      if (!name.startsWith(incomingPath)) return;
      const answer = client.send(new DeleteParameterCommand({ Name: name }), options).catch((error: unknown) => {
        if (!(error instanceof ParameterNotFound)) throw error;
      });
      await awsCall('ssm:DeleteParameter', answer);
    },
  };
}

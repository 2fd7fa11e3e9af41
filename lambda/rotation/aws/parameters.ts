import {
  DeleteParameterCommand,
  GetParametersCommand,
  type Parameter,
  type ParameterHistory,
  ParameterNotFound,
  PutParameterCommand,
  paginateGetParameterHistory,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { errorName } from '../../../contract/safe-error.ts';
import type { ParameterPort, ParameterRole, Stored } from '../ports.ts';
import type { RotationSettings } from '../settings.ts';
import { awsCall } from './call.ts';

/** What SSM reports about a version. */
type Described = Pick<ParameterHistory, 'Value' | 'Version' | 'LastModifiedDate' | 'Type'>;

/** The value of a version. A plain String was readable by everyone who may read parameters: it is useless as a secret. */
function storedOf({ Value = '', Version = 0, LastModifiedDate, Type }: Described): Stored {
  const modifiedAt = LastModifiedDate?.getTime() ?? 0;
  return { value: Type === 'SecureString' ? Value : '', version: Version, modifiedAt };
}

/** Parameter Store, by the SDK client. */
export function parameterPort(
  client: SSMClient,
  { secretParameter, keySetParameter, encryptionKey, incomingPath }: RotationSettings,
  abortSignal: AbortSignal,
): ParameterPort {
  const names: Record<ParameterRole, string> = { secret: secretParameter, keySet: keySetParameter };
  const options = { abortSignal };

  async function get(wanted: readonly string[], WithDecryption = true): Promise<readonly Parameter[]> {
    const command = new GetParametersCommand({ Names: [...wanted], WithDecryption });
    return (await client.send(command, options)).Parameters ?? [];
  }

  async function listVersions(Name: string, WithDecryption: boolean): Promise<readonly Described[]> {
    const versions: Described[] = [];
    try {
      const pages = paginateGetParameterHistory({ client }, { Name, WithDecryption }, options);
      for await (const { Parameters = [] } of pages) versions.push(...Parameters);
    } catch (error) {
      if (!(error instanceof ParameterNotFound)) throw error;
    }
    return versions;
  }

  return {
    async read() {
      const wanted = Object.values(names);
      const read = decryptable(
        (decrypt) => get(wanted, decrypt),
        ({ Name = '' }) => get([Name]),
      );
      const found = new Map((await awsCall('ssm:GetParameters', read)).map((one) => [one.Name, storedOf(one)]));
      const [secret, keySet] = [found.get(names.secret), found.get(names.keySet)];
      return { ...(secret && { secret }), ...(keySet && { keySet }) };
    },

    async history(role) {
      const listed = decryptable(
        (decrypt) => listVersions(names[role], decrypt),
        ({ Version }) => get([`${names[role]}:${Version}`]),
      );
      return (await awsCall('ssm:GetParameterHistory', listed)).map(storedOf);
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
      const [found] = await awsCall('ssm:GetParameters', get([name]));
      return (found && storedOf(found).value) || undefined;
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

/**
 * Errors of SSM and KMS for a value whose key is disabled, deleted or of another account. No other error, such as throttling, counts.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
 */
const UNDECRYPTABLE =
  /^(?:InvalidKeyId|AccessDenied|KMS|Disabled|KeyUnavailable|NotFound|IncorrectKey|InvalidCiphertext)/;

type WithValue = { readonly Value?: string | undefined };

/**
 * Decrypts all values at once, and one by one if that fails: an undecryptable value must not hide the others. It reads as an empty
 * value, which counts as foreign. If nothing can be decrypted, the function's own permission is missing, so the error is thrown.
 *
 * @param all - gets all of them, decrypted or not
 * @param one - gets one of them, decrypted
 * @throws what the SDK throws
 */
async function decryptable<T extends WithValue>(
  all: (decrypt: boolean) => Promise<readonly T[]>,
  one: (described: T) => Promise<readonly WithValue[]>,
): Promise<readonly T[]> {
  try {
    return await all(true);
  } catch (error) {
    if (!isUndecryptable(error)) throw error;
  }
  const failures: unknown[] = [];
  const values: T[] = [];
  for (const described of await all(false)) {
    try {
      values.push({ ...described, Value: (await one(described))[0]?.Value ?? '' });
    } catch (error) {
      if (!isUndecryptable(error)) throw error;
      failures.push(error);
      values.push({ ...described, Value: '' });
    }
  }
  if (failures.length > 0 && failures.length === values.length) throw failures[0];
  return values;
}

function isUndecryptable(error: unknown): boolean {
  return UNDECRYPTABLE.test(errorName(error));
}

import { SSMClient } from '@aws-sdk/client-ssm';
import { parameterPort } from '../../../../lambda/rotation/aws/parameters.ts';
import { KEY_SET, SECRET } from '../../deploy-gate/fake-account.ts';
import { closeServers } from '../../support/servers.ts';
import { type Answers, AwsFault, type Input, startScriptedAws } from '../support/scripted-aws.ts';
import { SETTINGS } from '../support/settings.ts';

const INCOMING = '/quilt/incoming/next';

/** A version as in the protocol, with times in seconds. */
function versionOf(Value: string, Version: number, more: Input = {}): Input {
  return { Value, Version, LastModifiedDate: 1_767_225_600 + Version, Type: 'SecureString', ...more };
}

const modifiedAt = (version: number) => (1_767_225_600 + version) * 1000;

async function open(answers: Answers) {
  const asked = await startScriptedAws(answers);
  const port = parameterPort(new SSMClient({ maxAttempts: 1 }), SETTINGS, new AbortController().signal);
  return { asked, port };
}

afterEach(closeServers);

describe('both parameters', () => {
  test('are read at once and decrypted', async () => {
    const { asked, port } = await open({
      GetParameters: () => ({
        Parameters: [
          { Name: KEY_SET, ...versionOf('keys', 5) },
          { Name: SECRET, ...versionOf('secret', 3) },
        ],
      }),
    });
    expect(await port.read()).toEqual({
      secret: { value: 'secret', version: 3, modifiedAt: modifiedAt(3) },
      keySet: { value: 'keys', version: 5, modifiedAt: modifiedAt(5) },
    });
    expect(asked).toEqual([{ operation: 'GetParameters', input: { Names: [SECRET, KEY_SET], WithDecryption: true } }]);
  });

  test('are left out when they do not exist', async () => {
    const { port } = await open({
      GetParameters: () => ({ Parameters: [{ Name: KEY_SET, ...versionOf('keys', 5) }], InvalidParameters: [SECRET] }),
    });
    expect(Object.keys(await port.read())).toEqual(['keySet']);
  });

  test('do not count a plain String as a secret, since anyone may have read it', async () => {
    const { port } = await open({
      GetParameters: () => ({ Parameters: [{ Name: SECRET, ...versionOf('secret', 3, { Type: 'String' }) }] }),
    });
    expect(await port.read()).toEqual({ secret: { value: '', version: 3, modifiedAt: modifiedAt(3) } });
  });
});

describe('the history', () => {
  test('is read to its last page, and plain Strings in it do not count as secrets', async () => {
    const pages = [
      { Parameters: [versionOf('one', 1, { Type: 'String' }), versionOf('two', 2)], NextToken: 'second' },
      { Parameters: [], NextToken: 'third' },
      { Parameters: [versionOf('three', 3)] },
    ];
    const { asked, port } = await open({
      GetParameterHistory: ({ NextToken }) => pages[['second', 'third'].indexOf(String(NextToken)) + 1],
    });
    expect(await port.history('secret')).toEqual([
      { value: '', version: 1, modifiedAt: modifiedAt(1) },
      { value: 'two', version: 2, modifiedAt: modifiedAt(2) },
      { value: 'three', version: 3, modifiedAt: modifiedAt(3) },
    ]);
    const common = { Name: SECRET, WithDecryption: true };
    expect(asked.map(({ input }) => input)).toEqual([
      common,
      { ...common, NextToken: 'second' },
      { ...common, NextToken: 'third' },
    ]);
  });

  test('of a parameter that does not exist is empty', async () => {
    const { asked, port } = await open({
      GetParameterHistory: () => {
        throw new AwsFault('ParameterNotFound');
      },
    });
    expect(await port.history('keySet')).toEqual([]);
    expect(asked).toMatchObject([{ input: { Name: KEY_SET } }]);
  });
});

test.each([
  ['secret', SECRET],
  ['keySet', KEY_SET],
] as const)('a write of the %s is encrypted under the key of the deployment', async (role, Name) => {
  const { asked, port } = await open({ PutParameter: () => ({ Version: 4, Tier: 'Standard' }) });
  await port.put(role, 'new-value');
  const input = {
    Name,
    Value: 'new-value',
    Type: 'SecureString',
    KeyId: SETTINGS.encryptionKey,
    Overwrite: true,
    Tier: 'Standard',
  };
  expect(asked).toEqual([{ operation: 'PutParameter', input }]);
});

describe('a value that cannot be decrypted', () => {
  const undecryptable = (
    fault: string,
    values: readonly (readonly [string, string | undefined, number])[],
  ): Answers => {
    const described = values.map(([Name, , version]) => ({ Name, ...versionOf('ciphertext', version) }));
    const fail = () => {
      throw new AwsFault(fault);
    };
    return {
      GetParameters: ({ Names, WithDecryption }) => {
        if (!WithDecryption) return { Parameters: described };
        const [wanted, ...others] = Names as string[];
        const [Name = '', value, version = 0] =
          values.find(([name, , one]) => wanted === name || wanted === `${name}:${one}`) ?? [];
        return others.length > 0 || value === undefined
          ? fail()
          : { Parameters: [{ Name, ...versionOf(value, version) }] };
      },
      GetParameterHistory: ({ WithDecryption }) => (WithDecryption ? fail() : { Parameters: described }),
    };
  };

  test.each(['InvalidKeyId', 'AccessDeniedException', 'KMSInvalidStateException', 'DisabledException'])(
    'with %s does not hide the other parameter, and holds nothing',
    async (fault) => {
      const { port } = await open(
        undecryptable(fault, [
          [SECRET, 'secret', 3],
          [KEY_SET, undefined, 5],
        ]),
      );
      expect(await port.read()).toEqual({
        secret: { value: 'secret', version: 3, modifiedAt: modifiedAt(3) },
        keySet: { value: '', version: 5, modifiedAt: modifiedAt(5) },
      });
    },
  );

  test('does not hide the other versions', async () => {
    const { port } = await open(
      undecryptable('InvalidKeyId', [
        [SECRET, undefined, 1],
        [SECRET, 'two', 2],
      ]),
    );
    expect(await port.history('secret')).toEqual([
      { value: '', version: 1, modifiedAt: modifiedAt(1) },
      { value: 'two', version: 2, modifiedAt: modifiedAt(2) },
    ]);
  });

  test('is an error when nothing can be decrypted: then it is the permission of the function that is gone', async () => {
    const { port } = await open(
      undecryptable('AccessDeniedException', [
        [SECRET, undefined, 3],
        [KEY_SET, undefined, 5],
      ]),
    );
    await expect(port.read()).rejects.toThrow('ssm:GetParameters failed with AccessDeniedException.');
    await expect(port.history('secret')).rejects.toThrow('ssm:GetParameterHistory failed with AccessDeniedException.');
  });

  test('is not what a throttled call stands for', async () => {
    const { asked, port } = await open(undecryptable('ThrottlingException', [[SECRET, 'secret', 3]]));
    await expect(port.history('secret')).rejects.toThrow('ThrottlingException');
    expect(asked).toHaveLength(1);
  });
});

describe('what a person left', () => {
  const holding = (more: Input = {}): Answers => ({
    GetParameters: () => ({ Parameters: [{ Name: INCOMING, ...versionOf(' left-by-a-person\n', 1, more) }] }),
  });

  test('is read as it stands', async () => {
    const { asked, port } = await open(holding());
    expect(await port.readIncoming(INCOMING)).toBe(' left-by-a-person\n');
    expect(asked).toEqual([{ operation: 'GetParameters', input: { Names: [INCOMING], WithDecryption: true } }]);
  });

  test('is nothing when it is a plain String, or does not exist', async () => {
    const { port } = await open(holding({ Type: 'String' }));
    expect(await port.readIncoming(INCOMING)).toBeUndefined();
    expect(await port.readIncoming(`${INCOMING}-other`)).toBeUndefined();
  });

  test('is deleted, and may be gone already', async () => {
    const gone = new Set<unknown>();
    const { asked, port } = await open({
      DeleteParameter: ({ Name }) => {
        if (gone.has(Name)) throw new AwsFault('ParameterNotFound');
        gone.add(Name);
        return {};
      },
    });
    await port.deleteIncoming(INCOMING);
    await port.deleteIncoming(INCOMING);
    expect(asked.map(({ input }) => input)).toEqual([{ Name: INCOMING }, { Name: INCOMING }]);
  });

  test.each([SECRET, '/quilt/incoming', '/quilt/incoming-other/next', '/other/quilt/incoming/next'])(
    'is not looked for in %s, outside its path, and nothing is deleted there',
    async (name) => {
      const { asked, port } = await open({ ...holding(), DeleteParameter: () => ({}) });
      expect(await port.readIncoming(name)).toBeUndefined();
      await port.deleteIncoming(name);
      expect(asked).toEqual([]);
    },
  );
});

import { readSettings } from '../../../lambda/rotation/settings.ts';
import { KEY_SET, SECRET } from '../deploy-gate/fake-account.ts';
import { ENVIRONMENT } from './support/settings.ts';

const NUMBERS = [
  'ROTATION_TOKEN_LIFETIME_SECONDS',
  'ROTATION_TOKEN_LEEWAY_SECONDS',
  'ROTATION_EVERY_DAYS',
  'ROTATION_ROLL_OUT_SECONDS',
];

test('reads the settings', () => {
  expect(readSettings(ENVIRONMENT)).toEqual({
    secretParameter: SECRET,
    keySetParameter: KEY_SET,
    encryptionKey: 'arn:aws:kms:us-east-1:000000000000:key/one',
    incomingPath: '/quilt/incoming/',
    stateTable: 'state',
    cluster: 'cluster',
    mcpService: 'mcp-service',
    catalogService: 'catalog-service',
    canaryFunction: 'quilt-canary',
    servicesStack: 'quilt-services',
    mcpUrl: new URL('https://quilt.example.org/mcp'),
    connectHost: undefined,
    mcpLogGroup: '/quilt/mcp',
    environment: 'production',
    deployment: 'quilt',
    tokenLifetimeSeconds: 3_600,
    leewaySeconds: 30,
    everyDays: 30,
    rolloutSeconds: 900,
  });
});

test('reads the host to connect to, which may be missing', () => {
  const settings = readSettings({ ...ENVIRONMENT, ROTATION_CONNECT_HOST: 'lb-1.us-east-1.elb.amazonaws.com' });
  expect(settings.connectHost).toBe('lb-1.us-east-1.elb.amazonaws.com');
  expect(readSettings({ ...ENVIRONMENT, ROTATION_CONNECT_HOST: '' }).connectHost).toBeUndefined();
});

test.each(Object.keys(ENVIRONMENT))('names %s alone when it is missing or empty', (name) => {
  const message = `The rotation function has no valid ${name}. Deploy the Trust stack again, which sets them.`;
  for (const value of [undefined, '']) {
    expect(() => readSettings({ ...ENVIRONMENT, [name]: value })).toThrow(message);
  }
});

test('names everything that is missing at once', () => {
  const error = (() => {
    try {
      return readSettings({});
    } catch (thrown) {
      return String(thrown);
    }
  })();
  for (const name of Object.keys(ENVIRONMENT)) expect(error).toContain(name);
});

test.each([
  ...NUMBERS.flatMap((name) => ['-1', '1.5', '1e3', '0x10', ' 60', '1234567', 'soon'].map((value) => [name, value])),
  ['ROTATION_URL', 'quilt.example.org'],
])('refuses %s when it is %j, without repeating it', (name, value) => {
  const read = () => readSettings({ ...ENVIRONMENT, [name as string]: value });
  expect(read).toThrow(`has no valid ${name}.`);
  expect(read).not.toThrow(value);
});

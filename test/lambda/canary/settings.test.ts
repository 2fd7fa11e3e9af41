import { readSettings } from '../../../lambda/canary/settings.ts';

const ENVIRONMENT = {
  CANARY_URL: 'https://quilt.example.org',
  CANARY_SECRET_PARAMETER: '/quilt/secret',
  CANARY_KEY_SET_PARAMETER: '/quilt/keys',
  CANARY_CLUSTER: 'cluster',
  CANARY_MCP_SERVICE: 'mcp',
  CANARY_CATALOG_SERVICE: 'catalog',
};

test('reads the settings, with defaults for the rest', () => {
  const settings = readSettings(ENVIRONMENT);
  expect(settings.url.href).toBe('https://quilt.example.org/');
  expect(settings.mcpUrl.href).toBe('https://quilt.example.org/mcp');
  expect(settings).toMatchObject({
    connectHost: undefined,
    buckets: [],
    stateTable: undefined,
    stateMachine: undefined,
    tolerated: [],
    cluster: 'cluster',
    mcpService: 'mcp',
  });
});

test('reads what may be set', () => {
  const settings = readSettings({
    ...ENVIRONMENT,
    CANARY_CONNECT_HOST: 'lb-1.us-east-1.elb.amazonaws.com',
    CANARY_MCP_PATH: '/mcp/',
    CANARY_BUCKETS: '["bucket-b", "bucket-a", "bucket-b"]',
    CANARY_STATE_TABLE: 'state',
    CANARY_STATE_MACHINE: 'arn:aws:states:us-east-1:000000000000:stateMachine:quilt-rotation',
    CANARY_TOLERATED: '["tasks-agree"]',
  });
  expect(settings.mcpUrl.href).toBe('https://quilt.example.org/mcp/');
  expect(settings).toMatchObject({
    connectHost: 'lb-1.us-east-1.elb.amazonaws.com',
    buckets: ['bucket-a', 'bucket-b'],
    stateTable: 'state',
    stateMachine: 'arn:aws:states:us-east-1:000000000000:stateMachine:quilt-rotation',
    tolerated: ['tasks-agree'],
  });
});

test.each(['http://127.0.0.1:8080', 'http://localhost:8080', 'http://quilt.localhost:8080', 'http://[::1]:8080'])(
  'takes plain http on loopback: %s',
  (url) => {
    expect(readSettings({ ...ENVIRONMENT, CANARY_URL: url }).url.origin).toBe(url);
  },
);

test.each([
  ['CANARY_URL', 'http://quilt.example.org'],
  ['CANARY_URL', 'http://localhost.example.org'],
  ['CANARY_URL', 'https://quilt.example.org/path'],
  ['CANARY_URL', 'https://user:password@quilt.example.org'],
  ['CANARY_URL', 'quilt.example.org'],
  ['CANARY_CONNECT_HOST', 'https://lb.example.org'],
  ['CANARY_CONNECT_HOST', 'lb.example.org:443'],
  ['CANARY_MCP_PATH', 'mcp'],
  ['CANARY_MCP_PATH', '/mcp?x'],
  ['CANARY_BUCKETS', 'no-json'],
  ['CANARY_BUCKETS', '["a/b"]'],
  ['CANARY_BUCKETS', '{}'],
  ['CANARY_STATE_MACHINE', 'quilt-rotation'],
  ['CANARY_TOLERATED', 'tasks-agree'],
  ['CANARY_TOLERATED', '["tasks-agrees"]'],
])('names %s when it is %p, without repeating it', (name, value) => {
  const read = () => readSettings({ ...ENVIRONMENT, [name]: value });
  expect(read).toThrow(`${name} is invalid: it must be`);
  expect(read).not.toThrow(value);
});

test('names everything that is missing at once', () => {
  expect(() => readSettings({ CANARY_CLUSTER: ' ' })).toThrow(
    /CANARY_URL is missing.*SECRET_PARAMETER is missing.*KEY_SET_PARAMETER is missing.*CLUSTER is missing.*MCP_SERVICE.*CATALOG_SERVICE/,
  );
});

test('refuses a connect host that would be ignored, since an IP address is never looked up', () => {
  const environment = { ...ENVIRONMENT, CANARY_URL: 'https://192.0.2.1', CANARY_CONNECT_HOST: 'lb.example.org' };
  expect(() => readSettings(environment)).toThrow(/CANARY_CONNECT_HOST requires a CANARY_URL with a host name/);
});

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolveTaskIdentity } from '../../../services/shared/run-service.ts';

const ARN = 'arn:aws:ecs:eu-central-1:123456789012:task/quilt/0123456789abcdef0123456789abcdef';

/** The agent's endpoint, with the path that ECS documents. */
async function withEndpoint<T>(body: string, use: (uri: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/v4/abc/task' ? 200 : 404;
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v4/abc`);
  } finally {
    server.close();
  }
}

test('in ECS it is the start of the SHA-256 of the task ARN, the same on every call', async () => {
  const expected = createHash('sha256').update(ARN).digest('hex').slice(0, 16);
  await withEndpoint(JSON.stringify({ TaskARN: ARN, Family: 'mcp' }), async (uri) => {
    expect(await resolveTaskIdentity(uri)).toEqual({ task: expected, fromEcs: true });
    expect(await resolveTaskIdentity(uri)).toEqual({ task: expected, fromEcs: true });
  });
});

test.each([
  ['no JSON', 'not json'],
  ['no ARN in it', '{}'],
  ['an ARN that is no text', '{"TaskARN":5}'],
])('an endpoint with %s: random', async (_name, body) => {
  const identity = await withEndpoint(body, resolveTaskIdentity);
  expect(identity).toEqual({ task: expect.stringMatching(/^[0-9a-f]{16}$/), fromEcs: false });
});

test.each([undefined, 'http://127.0.0.1:1/v4', 'no url'])(
  'without an endpoint (%p): random, another each time',
  async (uri) => {
    const [one, other] = await Promise.all([resolveTaskIdentity(uri), resolveTaskIdentity(uri)]);
    expect(one.task).toMatch(/^[0-9a-f]{16}$/);
    expect(one.task).not.toBe(other.task);
  },
);

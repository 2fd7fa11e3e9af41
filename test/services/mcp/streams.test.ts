import { closeAfterEach } from '../support/close-after-each.ts';
import { bearer, modern } from '../support/rpc.ts';
import { type ServiceUnderTest, startMcp } from '../support/running-services.ts';
import { makeTrust, type Trust } from '../support/trust-fixture.ts';

const closeLater = closeAfterEach();
let trust: Trust;
let service: ServiceUnderTest;

beforeEach(async () => {
  trust = await makeTrust();
  service = closeLater(await startMcp(trust, { QUILT_TOKEN_LEEWAY_SECONDS: '0' }));
});

/** Opens a stream that does not end by itself; resolves once its first bytes are there. */
async function listen(token: string): Promise<{ rest: () => Promise<string> }> {
  const { message, headers } = modern('subscriptions/listen', { notifications: { toolsListChanged: true } });
  const answer = await fetch(`${service.url}/mcp`, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...headers,
      ...bearer(token),
    },
    body: JSON.stringify(message),
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  await reader?.read();
  const rest = async (): Promise<string> => {
    let text = '';
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return text;
      text += value;
    }
  };
  return { rest };
}

test('a stream ends when the service stops, which does not wait for it', async () => {
  const stream = await listen((await trust.mint()).token);
  await service.stop();
  await stream.rest();
});

test('a stream ends when its token does', async () => {
  const stream = await listen((await trust.mint({ lifetimeSeconds: 1 })).token);
  await stream.rest();
  expect(service.log.ofEvent('request_failed')).toEqual([]);
});

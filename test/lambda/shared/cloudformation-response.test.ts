import type { CloudFormationCustomResourceResponse } from 'aws-lambda';
import { putResponse } from '../../../lambda/shared/cloudformation-response.ts';
import { bodyOf, closeServers, serve, unusedOrigin } from '../support/servers.ts';

const RESPONSE: CloudFormationCustomResourceResponse = {
  Status: 'SUCCESS',
  PhysicalResourceId: 'ä',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'logical',
};

afterEach(closeServers);

test('puts the response once, with an empty type and its length in bytes', async () => {
  const seen: unknown[] = [];
  const origin = await serve(async (request, response) => {
    const { method, url, headers } = request;
    const body = await bodyOf(request);
    seen.push({ method, url, type: headers['content-type'], length: headers['content-length'], body });
    response.end();
  });
  await putResponse(`${origin}/bucket/key?signature=a%2Bb`, RESPONSE);
  const body = JSON.stringify(RESPONSE);
  const length = String(Buffer.byteLength(body));
  expect(seen).toEqual([{ method: 'PUT', url: '/bucket/key?signature=a%2Bb', type: '', length, body }]);
});

test.each([
  ['a refused signature', () => serve((_, response) => response.writeHead(403).end()), /status 403/],
  ['connection refused', unusedOrigin, /ECONNREFUSED/],
  ['a connection that is cut', () => serve((request) => request.socket.destroy()), /ECONNRESET/],
  ['no URL', async () => 'signed-url', /ERR_INVALID_URL/],
])('fails on %s without showing the URL', async (_, start, why) => {
  const url = `${await start()}/key?signature=not-to-be-seen`;
  const error: unknown = await putResponse(url, RESPONSE).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Error);
  const shown = `${(error as Error).message}${(error as Error).stack}${JSON.stringify(error)}`;
  expect(shown).toMatch(why);
  expect(shown).not.toMatch(/not-to-be-seen|signed-url/);
});

import { createServer } from 'node:net';
import { freePort } from '../../local/run/ports.ts';

test('a port is one that no outgoing connection can take before it is used', async () => {
  const port = await freePort();
  expect(port).toBeLessThan(32_768);
});

test('a preferred port is taken when it is free, and another one when it is not', async () => {
  const server = createServer();
  const preferred = await freePort();
  expect(await freePort(preferred)).toBe(preferred);
  await new Promise<void>((resolve) => server.listen(preferred, '127.0.0.1', resolve));
  expect(await freePort(preferred)).not.toBe(preferred);
  await new Promise((resolve) => server.close(resolve));
});

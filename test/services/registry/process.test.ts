import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from '../support/bundled-service.ts';

test('its first line says where it listens, and that it is a toy; SIGTERM ends it with 0', async () => {
  const child = spawn(process.execPath, ['local/registry/main.ts'], {
    cwd: ROOT,
    env: { PORT: '0' },
  });
  const [chunk] = await once(child.stdout, 'data');
  const line = JSON.parse(String(chunk));
  expect(line.listening).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(line.notice).toMatch(/local toy registry/);
  expect((await fetch(`${line.listening}/healthz`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

import { readSettings, StartError, wholeNumber } from '../../services/shared/settings.ts';
import { type LocalRegistry, startRegistry } from './server.ts';

const NOTICE = 'local toy registry: alice, bob and carol sign in with their own name as the password; loopback only';

async function start(): Promise<LocalRegistry> {
  const settings = { port: wholeNumber('PORT', { minimum: 0, maximum: 65_535, fallback: 0 }) };
  const { port } = await readSettings(process.env, settings);
  return startRegistry({ port, buckets: process.env.QUILT_LOCAL_BUCKETS });
}

try {
  const registry = await start();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void registry.close().then(() => process.exit(0)));
  }
  process.stdout.write(`${JSON.stringify({ listening: registry.url, notice: NOTICE })}\n`);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`local registry: ${error.message}\n`);
  process.exitCode = 1;
}

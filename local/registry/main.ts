import { readSettings, wholeNumber } from '../../services/shared/settings.ts';
import { startRegistry } from './server.ts';

const { port } = await readSettings(process.env, {
  port: wholeNumber('PORT', { minimum: 0, maximum: 65_535, fallback: 0 }),
});
const registry = await startRegistry({ port, buckets: process.env.QUILT_LOCAL_BUCKETS });
const notice = 'local toy registry: alice, bob and carol sign in with their own name as the password; loopback only';
process.stdout.write(`${JSON.stringify({ listening: registry.url, notice })}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void registry.close().then(() => process.exit(0)));
}

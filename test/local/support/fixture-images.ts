import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { offerProgram, SERVICES_DIRECTORY } from '../../../cli/local/images.ts';
import { BUNDLE_OPTIONS } from '../../support/bundle-options.ts';

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Offers an image whose program ends at once, and returns its reference. */
export function offerCrashingImage(imageDirectory: string): string {
  const source = 'process.stderr.write("This image is broken.\\n"); process.exit(1)';
  const reference = `test.local/crashing@sha256:${digest(source)}`;
  offerProgram(imageDirectory, reference, { command: [process.execPath, '-e', source] });
  return reference;
}

/** Offers the MCP service that verifies no token, and returns its reference. `edition` makes it another image. */
export function offerOpenMcpImage(imageDirectory: string, edition: string): string {
  return offerFixture(imageDirectory, 'open-mcp', edition);
}

/** Offers the MCP service that knows the signing secret only, and returns its reference. */
export function offerOneKeyMcpImage(imageDirectory: string): string {
  return offerFixture(imageDirectory, 'one-key-mcp', 'only');
}

function offerFixture(imageDirectory: string, name: 'open-mcp' | 'one-key-mcp', edition: string): string {
  const outfile = join(imageDirectory, `${name}-${edition}.mjs`);
  buildSync({
    ...BUNDLE_OPTIONS,
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    banner: { js: `${BUNDLE_OPTIONS.banner.js} // ${edition}` },
  });
  const reference = `test.local/${name}@sha256:${digest(readFileSync(outfile))}`;
  offerProgram(imageDirectory, reference, { command: [process.execPath, outfile] });
  return reference;
}

/** Offers the service of this clone under another digest, as a rebuild without a change would. */
export function offerRebuiltImage(imageDirectory: string, service: 'catalog' | 'mcp', edition: string): string {
  const bundle = join(SERVICES_DIRECTORY, service, 'dist', 'server.mjs');
  const reference = `test.local/${service}@sha256:${digest(`${digest(readFileSync(bundle))} ${edition}`)}`;
  const copy = join(imageDirectory, `${service}-${edition}.mjs`);
  mkdirSync(imageDirectory, { recursive: true, mode: 0o700 });
  copyFileSync(bundle, copy);
  offerProgram(imageDirectory, reference, { command: [process.execPath, copy] });
  return reference;
}

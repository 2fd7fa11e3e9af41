import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { BUNDLE_OPTIONS } from '../../test/support/bundle-options.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The tool that every server of the benchmark has takes the place of the service's own. */
const ECHO_ONLY: Plugin = {
  name: 'echo-only',
  setup(builder) {
    builder.onResolve({ filter: /\/all-tools\.ts$/ }, () => ({ path: join(import.meta.dirname, 'ours', 'tools.ts') }));
  },
};

/** The MCP service as it is deployed, but for its tools. */
export async function bundleService(outfile: string): Promise<void> {
  await bundle('services/mcp/main.ts', outfile, [ECHO_ONLY]);
}

/** A file of this folder, for a Node of any version to run. */
export async function bundleProgram(name: string, outfile: string): Promise<void> {
  await bundle(`bench/mcp/${name}`, outfile, []);
}

async function bundle(entry: string, outfile: string, plugins: Plugin[]): Promise<void> {
  await build({
    ...BUNDLE_OPTIONS,
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    plugins,
  });
}

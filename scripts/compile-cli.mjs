/**
 * Compiles the command line of `cli/` into `.local/cli`, where `scripts/launch.cjs` finds it: one small file to begin with and one
 * for what each command needs, so that a command loads its own AWS clients only.
 *
 * Each compilation has a folder of its own, since one that runs may still load parts of the one before. `current.json` names the
 * newest, and every source it was made from.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { linesOf, REQUIRE_BANNER, sourceStamps, stampOf } from './build.mjs';

const ROOT = dirname(import.meta.dirname);
const COMPILED = join(ROOT, '.local', 'cli');
const KEPT_MS = 24 * 60 * 60 * 1000;

/** Sources find their files from where they are; the folder is written into them. */
const folders = {
  name: 'folders',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      const source = readFileSync(path, 'utf8');
      return { loader: 'ts', contents: source.replaceAll('import.meta.dirname', JSON.stringify(dirname(path))) };
    });
  },
};

const directory = join(COMPILED, `${Date.now()}-${process.pid}`);
mkdirSync(directory, { recursive: true });
// Before they are read: one that is changed meanwhile is compiled again at the next start.
const packages = stampOf('package-lock.json');
const began = Date.now();
try {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['cli/main.ts'],
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    // It reads a database that lies beside it.
    external: ['@aws-cdk/cloudformation-diff'],
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE_BANNER },
    metafile: true,
    logLevel: 'silent',
    plugins: [folders],
  });
  const own = ['scripts/build.mjs', 'scripts/compile-cli.mjs'];
  const inputs = { ...Object.fromEntries(own.map((file) => [file, stampOf(file)])), ...sourceStamps(metafile, began) };
  const draft = join(directory, 'current.json');
  writeFileSync(draft, JSON.stringify({ root: ROOT, packages, main: join(directory, 'main.mjs'), inputs }));
  renameSync(draft, join(COMPILED, 'current.json'));
} catch (error) {
  rmSync(directory, { recursive: true, force: true });
  process.stderr.write(`${linesOf(error).join('\n')}\n`);
  process.exitCode = 1;
}

for (const each of readdirSync(COMPILED, { withFileTypes: true })) {
  const old = Number.parseInt(each.name, 10) < Date.now() - KEPT_MS;
  if (each.isDirectory() && old) rmSync(join(relative('', COMPILED), each.name), { recursive: true, force: true });
}

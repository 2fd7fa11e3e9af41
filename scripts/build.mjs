#!/usr/bin/env node
/**
 * Bundles what is deployed: each service to one file, which its image copies, and each Lambda function to one file.
 *
 *   node scripts/build.mjs [--only NAME …] [--analyze] [--verbose]
 *
 * The same sources give the same bytes, and a file is written only when they changed, so that asset hashes and build caches
 * hold. A bundle whose sources are as they were when it was made is not made again: every `cdk` command builds first.
 * Prints errors only, unless --verbose.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { analyzeMetafile, build as bundle } from 'esbuild';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** What each bundle was made from. */
const MADE_FROM = join(ROOT, '.local', 'build');
/** What every bundle depends on in addition to its sources; packages are known by the files in which npm records them. */
const FOR_ALL = ['scripts/build.mjs', 'tsconfig.json', 'package-lock.json', 'node_modules/.package-lock.json'];

/** CommonJS dependencies call `require`, which an ES module does not have. */
export const REQUIRE_BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

const SHARED = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  banner: { js: REQUIRE_BANNER },
  legalComments: 'none',
  logLevel: 'silent',
  write: false,
};

/**
 * @typedef {object} Bundle
 * @property {string} name folder name, such as `mcp` or `canary`
 * @property {string} entry
 * @property {string} outfile
 * @property {boolean} minify
 */

/** @returns {Bundle[]} services that have a `main.ts`, functions that have a `handler.ts` */
export function bundles() {
  return [
    ...foldersWith('services', 'main.ts').map((name) => ({
      name,
      entry: `services/${name}/main.ts`,
      outfile: `services/${name}/dist/server.mjs`,
      minify: false,
    })),
    ...foldersWith('lambda', 'handler.ts').map((name) => ({
      name,
      entry: `lambda/${name}/handler.ts`,
      outfile: `lambda/${name}/dist/index.mjs`,
      minify: true,
    })),
  ];
}

/**
 * Builds all bundles at once.
 *
 * @param {{ only?: readonly string[], analyze?: boolean }} [options] `only` names folders; all by default
 * @returns {Promise<{ outfile: string, bytes: number, changed: boolean, analysis?: string }[]>}
 * @throws {Error} a BuildFailure of esbuild, or for a name in `only` that is no bundle
 */
export async function build({ only, analyze = false } = {}) {
  const all = bundles();
  const unknown = (only ?? []).filter((name) => !all.some((each) => each.name === name));
  if (unknown.length > 0) {
    throw new Error(`no bundle is named ${unknown.join(', ')}; choose from ${all.map(({ name }) => name).join(', ')}`);
  }
  return Promise.all(all.filter(({ name }) => only?.includes(name) ?? true).map((each) => buildOne(each, analyze)));
}

/** @param {Bundle} target @param {boolean} analyze */
async function buildOne({ name, entry, outfile, minify }, analyze) {
  const record = join(MADE_FROM, `${name}.json`);
  if (!analyze && isFresh(record, outfile)) {
    return { outfile, bytes: statSync(join(ROOT, outfile)).size, changed: false };
  }
  const began = Date.now();
  // Before they are read: one that is changed meanwhile makes the bundle stale.
  const forAll = FOR_ALL.map((file) => [file, stampOf(file)]);
  const result = await bundle({ ...SHARED, entryPoints: [entry], outfile, minify, metafile: true });
  const [file] = result.outputFiles;
  const changed = writeIfChanged(join(ROOT, outfile), file.contents);
  const madeFrom = {
    ...Object.fromEntries(forAll),
    ...sourceStamps(result.metafile, began),
    [outfile]: stampOf(outfile),
  };
  writeIfChanged(record, Buffer.from(JSON.stringify(madeFrom)));
  return {
    outfile,
    bytes: file.contents.length,
    changed,
    ...(analyze && { analysis: await analyzeMetafile(result.metafile) }),
  };
}

/** Whether a bundle, and all that it was made from, is as it was when it was made. @param {string} record @param {string} outfile */
function isFresh(record, outfile) {
  try {
    const stamps = Object.entries(JSON.parse(readFileSync(record, 'utf8')));
    return stamps.some(([file]) => file === outfile) && stamps.every(([file, stamp]) => stampOf(file) === stamp);
  } catch {
    return false;
  }
}

/**
 * The project's own sources of a bundle, each with a stamp of its content.
 *
 * @param {import('esbuild').Metafile} metafile
 * @param {number} began when bundling began: what was changed since then makes the bundle stale
 * @returns {Record<string, string>}
 */
export function sourceStamps(metafile, began) {
  return Object.fromEntries(
    Object.keys(metafile.inputs)
      .filter((input) => !input.includes('node_modules/'))
      .map((input) => [input, statSync(join(ROOT, input)).mtimeMs < began ? stampOf(input) : 'changed meanwhile']),
  );
}

/** What went wrong, a line for each place. @param {Partial<import('esbuild').BuildFailure> & Error} error @returns {string[]} */
export function linesOf(error) {
  return (
    error.errors?.map(({ location, text }) => `${location?.file ?? ''}:${location?.line ?? ''} ${text}`) ?? [
      error.message,
    ]
  );
}

/** As `stampOf` in launch.cjs. @param {string} file */
export function stampOf(file) {
  try {
    const { mtimeMs, size } = statSync(join(ROOT, file));
    return `${mtimeMs}:${size}`;
  } catch {
    return 'none';
  }
}

/** @param {string} path @param {Uint8Array} contents */
function writeIfChanged(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(contents)) return false;
  mkdirSync(dirname(path), { recursive: true });
  // Renamed into place: a process that starts meanwhile gets the old file or the new one, never a part.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
  return true;
}

/** @param {string} folder @param {string} file */
function foldersWith(folder, file) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(ROOT, folder, entry.name, file)))
    .map((entry) => entry.name)
    .sort();
}

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      analyze: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  for (const { outfile, bytes, changed, analysis } of await build({ only: values.only, analyze: values.analyze })) {
    if (values.verbose)
      process.stdout.write(`${outfile}  ${Math.ceil(bytes / 1024)} KB${changed ? '' : ', unchanged'}\n`);
    if (analysis) process.stdout.write(analysis);
  }
}

if (process.argv[1] !== undefined && relative(process.argv[1], fileURLToPath(import.meta.url)) === '') {
  main().catch((error) => {
    process.stderr.write(`build: ${linesOf(error).join('\nbuild: ')}\n`);
    process.exitCode = 1;
  });
}

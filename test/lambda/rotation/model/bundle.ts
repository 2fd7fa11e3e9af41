import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { Aim } from './happenings.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');

/** One rule of the protocol taken out of the code: a text of a file, and what stands there instead. */
export type Mutation = { readonly file: string; readonly from: string; readonly to: string };

/** Changes the code as it is read. A text that is not there exactly once, or a file that is not read, is an error: the rule has moved. */
function mutate(mutations: readonly Mutation[]): Plugin {
  return {
    name: 'mutate',
    setup(builder) {
      const unread = new Set(mutations.map((mutation) => mutation.file));
      builder.onEnd(() => {
        if (unread.size > 0) throw new Error(`The bundle does not contain ${[...unread].join(', ')}.`);
      });
      for (const file of [...unread]) {
        const path = join(ROOT, file);
        builder.onLoad({ filter: new RegExp(`${file.replace(/[.\\/-]/g, '\\$&')}$`) }, () => {
          unread.delete(file);
          let contents = readFileSync(path, 'utf8');
          for (const { from, to } of mutations.filter((mutation) => mutation.file === file)) {
            if (contents.split(from).length !== 2) throw new Error(`Not exactly once in ${file}: ${from}`);
            contents = contents.replace(from, () => to);
          }
          return { contents, loader: 'ts' };
        });
      }
    },
  };
}

/** Thumbprints are asked for again and again; computed once by the real function, they are remembered. */
const REMEMBER: Plugin = {
  name: 'remember',
  setup(builder) {
    builder.onResolve({ filter: /^jose$/ }, ({ importer }) =>
      importer.includes('remembering-jose') ? undefined : { path: join(import.meta.dirname, 'remembering-jose.ts') },
    );
  },
};

/** The model with the code that it drives, as one file for Node. */
export async function bundleModel(outfile: string, mutations: readonly Mutation[] = []): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: [join(import.meta.dirname, 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'silent',
    plugins: [mutate(mutations), REMEMBER],
    banner: { js: "import { createRequire as __r } from 'node:module'; const require = __r(import.meta.url);" },
  });
}

/** What became of the runs. */
export interface Played {
  readonly runs: number;
  readonly crashes: number;
  readonly unseen: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly violation?: string;
  readonly path?: string;
  readonly happenings?: readonly string[];
}

/** Plays a bundle in a separate process. `seed` is that of the first run. */
export function playBundle(bundle: string, runs: number, seed: number, aim: Aim = {}): Promise<Played> {
  return new Promise((resolve, reject) => {
    const args = [bundle, '--runs', String(runs), '--seed', String(seed), '--aim', JSON.stringify(aim)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      try {
        resolve(JSON.parse(output) as Played);
      } catch {
        reject(
          new Error(`The runs of seed ${seed} ended with ${code ?? signal} and reported nothing; play them again.`),
        );
      }
    });
  });
}

/**
 * Measures what docs/local.md promises; run by hand on an idle machine: `npm run bench:main-job [RUNS]`.
 *
 * A start with everything installed, a start from a kept state, a healthy canary, `cdk synth`, and each Lambda bundle: its size and the time
 * that a fresh Node needs to import it. Each figure is the median of RUNS (3 by default), with the range beside it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { table } from '../cli/format.ts';

const ROOT = join(import.meta.dirname, '..');
const RUNS = Number(process.argv[2] ?? 3);

function run(command: string, args: readonly string[], directory: string): void {
  execFileSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, QUILT_LOCAL_DIRECTORY: directory },
  });
}

/** Seconds that `work` takes. */
function seconds(work: () => void): number {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1000;
}

function row(what: string, limit: string, samples: readonly number[], unit: string, digits: number): string[] {
  const sorted = samples.toSorted((a, b) => a - b);
  const show = (value: number | undefined) => (value ?? Number.NaN).toFixed(digits);
  const median = sorted[Math.floor(sorted.length / 2)];
  return [what, `${show(median)} ${unit}`, `${show(sorted[0])}–${show(sorted.at(-1))}`, limit];
}

function repeat(measure: () => number): number[] {
  return Array.from({ length: RUNS }, measure);
}

const directory = mkdtempSync(join(tmpdir(), 'quilt-bench-'));
try {
  const start = ['start', '--silent', '--', '--once'];
  const rows = [['WHAT', 'MEDIAN', 'RANGE', 'AT MOST']];
  rows.push(
    row(
      'npm start -- --once',
      '90 s',
      repeat(() => seconds(() => run('npm', start, directory))),
      's',
      1,
    ),
  );
  run('npm', [...start, '--keep-state'], directory);
  const again = repeat(() => seconds(() => run('npm', [...start, '--keep-state'], directory)));
  rows.push(row('  again, with the state kept', '30 s', again, 's', 1));
  const canary = repeat(() => {
    const out = execFileSync('npm', [...start, '--keep-state', '--json'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, QUILT_LOCAL_DIRECTORY: directory },
    });
    return JSON.parse(out).canary.durationMs / 1000;
  });
  rows.push(row('canary, healthy', '3 s', canary, 's', 2));
  const synth = repeat(() => seconds(() => run('npx', ['cdk', 'synth', '--quiet', '--output', directory], directory)));
  rows.push(row('cdk synth', '8 s', synth, 's', 1));
  const limits: Record<string, string> = { 'secret-parameter': '450 KB', canary: '1100 KB' };
  for (const name of readdirSync(join(ROOT, 'lambda'))) {
    const bundle = join(ROOT, 'lambda', name, 'dist', 'index.mjs');
    const size = statSync(bundle, { throwIfNoEntry: false })?.size;
    if (size === undefined) continue;
    rows.push([`bundle of ${name}`, `${Math.ceil(size / 1000)} KB`, '', limits[name] ?? '']);
    const importing = `const t = performance.now(); await import('${pathToFileURL(bundle)}'); console.log(performance.now() - t)`;
    const node = ['--input-type=module', '-e', importing];
    const took = repeat(() => Number(execFileSync(process.execPath, node, { encoding: 'utf8' })));
    rows.push(row('  cold import', '', took, 'ms', 0));
  }
  process.stdout.write(`${table(rows)}\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RequirementSet } from '../expected-failures.ts';

const PROGRAM = join(import.meta.dirname, '../../../node_modules/@modelcontextprotocol/conformance/dist/index.js');

/** The suite's own limit is 30 s a scenario, which together would outlast the test. */
const TIMEOUT_MS = 110_000;

/** One thing that the suite looked at. */
export type Check = {
  readonly scenario: string;
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly errorMessage?: string;
};

export type SuiteRun = {
  /** 0: the suite is content, its list of expected failures included. */
  readonly exitCode: number | null;
  /** Of all scenarios, those that are not scored too. */
  readonly checks: readonly Check[];
};

/**
 * Runs all scenarios of a requirement set.
 *
 * @param options `url` of the endpoint; `expected` as the suite's own baseline has it: `scenario` or `scenario:check`
 */
export async function runSuite(options: {
  readonly url: string;
  readonly requirements: RequirementSet;
  readonly expected: readonly string[];
}): Promise<SuiteRun> {
  const folder = mkdtempSync(join(tmpdir(), 'quilt-conformance-'));
  try {
    const baseline = join(folder, 'expected-failures.yml');
    writeFileSync(baseline, `server:\n${options.expected.map((entry) => `  - ${entry}\n`).join('')}`);
    const results = join(folder, 'results');
    const args = ['server', '--url', options.url, '--requirements', options.requirements];
    const child = spawn(
      process.execPath,
      [PROGRAM, ...args, '--expected-failures', baseline, '--output-dir', results],
      {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: TIMEOUT_MS,
      },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (!existsSync(results)) throw new Error(`The suite looked at nothing: ${output.slice(-2000)}`);
    return { exitCode, checks: readdirSync(results).flatMap((name) => checksIn(results, name)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param name folder of one scenario: `server-<scenario>-<time>` */
function checksIn(results: string, name: string): readonly Check[] {
  const scenario = name.replace(/^server-/, '').replace(/-\d{4}-\d{2}-\d{2}T[\d-]+Z$/, '');
  const checks: readonly Omit<Check, 'scenario'>[] = JSON.parse(
    readFileSync(join(results, name, 'checks.json'), 'utf8'),
  );
  return checks.map(({ id, status, errorMessage }) => ({
    scenario,
    id,
    status,
    ...(errorMessage !== undefined && { errorMessage }),
  }));
}

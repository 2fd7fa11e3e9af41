import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTrust, type Trust } from '../../test/services/support/trust-fixture.ts';
import { acceptedBadTokens } from './acceptance.ts';
import { bundleProgram, bundleService, installPeers, PYTHON } from './prepare.ts';
import { costTable, peerTable, type Result, targetTable } from './report.ts';
import { echoCall } from './requests.ts';
import { measureInRounds, type Running } from './rounds.ts';
import { type Cores, pinCores, ServerProcess } from './server-process.ts';
import { allSubjects } from './subjects.ts';
import type { TokenCost } from './token-cost.ts';
import { mintFor, USUAL_BUCKETS } from './tokens.ts';

/**
 * Measures the MCP service beside its peers and prints the tables of docs/performance.md; run by hand on an idle Linux
 * machine:
 *
 *   npm run bench:mcp
 *
 * Takes about eight minutes; the first run installs the peers before that.
 */

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function versionOf(program: string): string {
  return execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
}

async function measureServers(trust: Trust, bundle: string, cores: Cores): Promise<readonly Result[]> {
  const token = await mintFor(trust, 'alice', USUAL_BUCKETS);
  const all: Running[] = [];
  try {
    for (const subject of allSubjects(trust, bundle)) {
      progress(`starting ${subject.name}, ${subject.era}`);
      const server = await ServerProcess.start(subject.start, cores.serverPrefix);
      all.push({ subject, server, call: await echoCall({ port: server.port, era: subject.era, token }) });
    }
    const figures = await measureInRounds(all, progress);
    const results: Result[] = [];
    for (const running of all) {
      progress(`bad tokens, ${running.subject.name}, ${running.subject.era}`);
      const looks = running.subject.kind !== 'floor';
      results.push({
        subject: running.subject,
        rounds: figures.get(running) ?? [],
        acceptedBadTokens: looks ? await acceptedBadTokens(running, { token, secret: trust.secret }) : undefined,
      });
    }
    return results;
  } finally {
    await Promise.all(all.map(({ server }) => server.stop()));
  }
}

async function measureTokens(directory: string): Promise<readonly TokenCost[]> {
  const program = join(directory, 'token-cost.mjs');
  await bundleProgram('token-cost.ts', program);
  progress('token costs');
  // On the core of this process: on two, the thread that verifies would cost what waking another core costs.
  return JSON.parse(execFileSync(process.execPath, [program], { encoding: 'utf8' }));
}

const directory = mkdtempSync(join(tmpdir(), 'quilt-bench-mcp-'));
try {
  progress('installing the peers');
  installPeers();
  const cores = pinCores();
  const busyBefore = loadavg()[0] ?? 0;
  const bundle = join(directory, 'service.mjs');
  await bundleService(bundle);
  const results = await measureServers(await makeTrust(), bundle, cores);
  const costs = await measureTokens(directory);
  progress('');
  const machine = [
    `${cpus().length} cores of ${cpus()[0]?.model.trim()}`,
    cores.pinned ? 'server and load on one each' : 'not pinned: no taskset here',
    `load average at the start ${busyBefore.toFixed(1)}`,
    `Node ${process.version}`,
    versionOf(PYTHON),
    new Date().toISOString().slice(0, 10),
  ];
  const tables = [machine.join(', '), peerTable(results), targetTable(results), costTable(costs)];
  process.stdout.write(`${tables.join('\n\n')}\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

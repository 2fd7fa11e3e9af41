import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTrust } from '../../test/services/support/trust-fixture.ts';
import { markdownTable } from './figures.ts';
import { type Call, FIRST_ID, load } from './load.ts';
import { bundleService, installPeers } from './prepare.ts';
import { beginningSessions, callingInSessions } from './requests.ts';
import { pinCores, ServerProcess } from './server-process.ts';
import { startService } from './subjects.ts';
import { MANY_BUCKETS, mintFor, signAnew } from './tokens.ts';

/**
 * Shows the MCP service 100,000 sessions and 10,000 live tokens over HTTP, and how much memory its process then holds;
 * run by hand on Linux:
 *
 *   npm run bench:mcp-memory
 *
 * Takes one to three minutes.
 */

const SESSIONS = 100_000;
const TOKENS = 10_000;
const MAX_MEBIBYTES = 256;
/**
 * What Node limits its heap to in a task of 512 MiB, the smallest that may be configured. Where nothing is scarce, it
 * lets several times as much garbage lie about before it collects.
 */
const HEAP_LIMIT = '--max-heap-size=256';

async function must(call: Call): Promise<void> {
  const { failures, firstFailure } = await load(call, (begun) => begun < SESSIONS);
  if (failures > 0) throw new Error(`${failures} of ${SESSIONS} answers were wrong, the first: ${firstFailure}`);
}

const directory = mkdtempSync(join(tmpdir(), 'quilt-bench-mcp-'));
try {
  installPeers();
  const { serverPrefix } = pinCores();
  const bundle = join(directory, 'service.mjs');
  await bundleService(bundle);
  const trust = await makeTrust();
  const sample = await mintFor(trust, 'alice', MANY_BUCKETS);
  const tokens = Array.from({ length: TOKENS }, (_, each) =>
    signAnew(sample, { sub: `caller-${each}`, jti: `token-${each}` }, trust.secret),
  );
  const sessions = new Map<number, string>();
  // A session goes on under the token that it was begun with.
  const tokenOf = (id: number) => tokens[(id - FIRST_ID) % TOKENS] ?? '';

  const start = startService(trust, bundle, { logLevel: 'info', flags: [HEAP_LIMIT] });
  const server = await ServerProcess.start(start, serverPrefix);
  try {
    const rows = [['after', 'resident, MiB', 'most until then, MiB']];
    const note = (what: string) => {
      const { resident, peak } = server.memory();
      rows.push([what, resident.toFixed(0), peak.toFixed(0)]);
    };
    note('the start');
    await must(beginningSessions(server.port, tokenOf, (id, session) => sessions.set(id, session)));
    note(`${SESSIONS} times initialize, with ${TOKENS} tokens of ${sample.length} bytes`);
    await must(callingInSessions(server.port, tokenOf, (id) => sessions.get(id)));
    note('a call in each session');
    await must(callingInSessions(server.port, tokenOf, (id) => sessions.get(id)));
    note('another call in each session');
    rows.push(['at most', String(MAX_MEBIBYTES), '']);
    process.stdout.write(`${markdownTable(rows)}\n`);
  } finally {
    await server.stop();
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

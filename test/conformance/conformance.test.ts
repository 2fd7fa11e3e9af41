import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSecret } from '../../auth/generate-secret.ts';
import { buildServices, bundleOf } from '../services/support/bundled-service.ts';
import { closeAfterEach } from '../services/support/close-after-each.ts';
import { mcpEnvironment } from '../services/support/running-services.ts';
import { makeTrust } from '../services/support/trust-fixture.ts';
import { EXPECTED_FAILURES, EXPECTED_ON_SEVERAL_PROCESSES, type RequirementSet } from './expected-failures.ts';
import { bundleFixture, FixtureServer } from './support/fixture-server.ts';
import { judge } from './support/judge.ts';
import { runSuite } from './support/run-suite.ts';
import { startTokenProxy, type TokenProxy } from './support/token-proxy.ts';

/** A run takes three seconds, and other tests may have the cores. */
const RUN_MS = 120_000;

const closeLater = closeAfterEach();
const folder = mkdtempSync(join(tmpdir(), 'quilt-conformance-'));
const fixtureBundle = join(folder, 'fixture.mjs');

beforeAll(() => bundleFixture(fixtureBundle));
afterAll(() => rmSync(folder, { recursive: true }));

/** The service with its fixtures, in processes that know nothing of each other, behind one address. */
async function startService(processes: number): Promise<TokenProxy> {
  const trust = await makeTrust();
  const proxy = closeLater(await startTokenProxy((await trust.mint()).token));
  const environment = mcpEnvironment(trust, {
    REQUEST_STATE_KEY: generateSecret(),
    // The suite pretends to be a page of the very address that it talks to.
    QUILT_ALLOWED_ORIGINS: JSON.stringify([proxy.url]),
    LOG_LEVEL: 'info',
  });
  const servers = Array.from({ length: processes }, () => closeLater(new FixtureServer(fixtureBundle, environment)));
  proxy.passOnTo(await Promise.all(servers.map((server) => server.listening())));
  return proxy;
}

type Scenarios = { readonly run: number; readonly failing: number };

const runs: readonly [RequirementSet, name: string, processes: number, Scenarios][] = [
  ['2025-11-25', 'one process', 1, { run: 33, failing: 4 }],
  ['2025-11-25', 'two processes', 2, { run: 33, failing: 5 }],
  ['2026-07-28', 'one process', 1, { run: 50, failing: 9 }],
  ['2026-07-28', 'two processes', 2, { run: 50, failing: 9 }],
];

test.each(runs)(
  'the service meets the requirements of %s on %s (B25)',
  async (requirements, _name, processes, scenarios) => {
    const service = await startService(processes);
    const expected = Object.keys({
      ...EXPECTED_FAILURES[requirements],
      ...(processes > 1 && EXPECTED_ON_SEVERAL_PROCESSES[requirements]),
    });
    const { exitCode, checks } = await runSuite({ url: `${service.url}/mcp`, requirements, expected });
    expect({ exitCode, ...judge(checks, expected) }).toEqual({ exitCode: 0, scenarios, unexpected: [], stale: [] });
    expect(service.passedOn().filter((requests) => requests > 0)).toHaveLength(processes);
  },
  RUN_MS,
);

test('the bundle that is deployed holds no fixture', () => {
  buildServices();
  const marks = ['test_simple_text', 'test://static-text', 'quilt-mcp-conformance'];
  const found = (bundle: string) => marks.filter((mark) => readFileSync(bundle, 'utf8').includes(mark));
  expect([found(fixtureBundle), found(bundleOf('mcp'))]).toEqual([marks, []]);
});

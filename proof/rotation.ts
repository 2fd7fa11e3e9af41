/**
 * Proves what docs/local.md promises: rotations of the secret under load, without one refused request. Run it by hand:
 * `npm run proof:rotation [REQUESTS]`.
 *
 * Eight clients of both protocol eras ask without a rest, with tokens that the catalog mints for people; each token is used until a
 * second before it expires. A deploy replaces the MCP tasks in the first grace time. Whole rotations follow one another until so
 * many requests (20,000 by default) were sent. Exit code 1 when one was refused, or when a retired key is still accepted.
 */
import { table } from '../cli/format.ts';
import type { RotationRecord } from '../contract/rotation.ts';
import type { LocalEnvironment } from '../local/run/environment.ts';
import { Progress } from '../local/run/with-environment.ts';
import { offerRebuiltImage } from '../test/local/support/fixture-images.ts';
import { type LoadReport, startLoad } from '../test/local/support/load.ts';
import { Rotations } from '../test/local/support/rotations.ts';
import { proveLocally } from './support/prove-locally.ts';

const REQUESTS = Number(process.argv[2] ?? 20_000);
const REFUSALS_SHOWN = 20;

/** One rotation under load. */
interface Rotated {
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
  readonly graceSeconds: number;
  /** How long the deploy in its grace time took; none where there was none. */
  readonly deploySeconds: number | undefined;
  /** Requests while it went on. */
  readonly requests: number;
  readonly outcome: string;
  /** What each MCP task said afterwards to a token of the key before that had not expired. */
  readonly retired: readonly string[];
}

const progress = new Progress();
await proveLocally('rotation', prove);

async function prove(deployed: LocalEnvironment): Promise<boolean> {
  await progress.step('Deploying', async () => {
    await deployed.bootstrap();
    await deployed.deploy();
  });
  const rotations = new Rotations(deployed);
  const load = await startLoad(deployed);
  const rotated: Rotated[] = [];
  do {
    const inGrace = rotated.length === 0 ? () => deployInGrace(deployed) : undefined;
    const title = `Rotating under load (${rotated.length + 1})`;
    rotated.push(await progress.step(title, () => rotate(rotations, () => load.report().requests, inGrace)));
  } while (load.report().requests < REQUESTS && rotated.at(-1)?.outcome === 'rotated');
  const report = await load.stop();
  const canary = await progress.step('Running the canary', () => deployed.canary());
  process.stdout.write(`\n${tables(rotated, report)}\n`);
  process.stdout.write(`\ncanary ${canary.verdict}\n${report.refusals.length} refused of ${report.requests}\n`);
  return (
    report.refusals.length === 0 &&
    report.requests >= REQUESTS &&
    canary.verdict === 'green' &&
    rotated.every(({ outcome, retired }) => outcome === 'rotated' && retired.every((said) => said !== 'accepted'))
  );
}

/** Replaces the MCP tasks by those of another image, as a release would. */
async function deployInGrace(deployed: LocalEnvironment): Promise<void> {
  const image = offerRebuiltImage(deployed.imageDirectory, 'mcp', 'proof');
  await deployed.deploy(undefined, ['--all', '-c', `mcpImage=${image}`]);
}

async function rotate(rotations: Rotations, requests: () => number, inGrace?: () => Promise<void>): Promise<Rotated> {
  const began = { at: Date.now(), requests: requests() };
  const token = await rotations.longToken();
  const execution = await rotations.start('rotate');
  const underWay = await rotations.recordWhen(
    'the grace time has begun',
    (record) => record.phase === 'grace' || record.last?.execution === execution.arn,
  );
  const deployBegan = Date.now();
  if (underWay.phase === 'grace') await inGrace?.();
  const deploySeconds = inGrace && (Date.now() - deployBegan) / 1000;
  const { progress: end, failure } = await rotations.end(execution);
  return {
    ...keysOf(underWay),
    seconds: (Date.now() - began.at) / 1000,
    graceSeconds: underWay.grace?.seconds ?? 0,
    deploySeconds,
    requests: requests() - began.requests,
    outcome: end?.result === 'done' ? end.outcome : (failure ?? end?.message ?? 'unknown'),
    retired: await rotations.verdictsOn(token),
  };
}

function keysOf({ current, next }: RotationRecord): Pick<Rotated, 'from' | 'to'> {
  return { from: current.keyId, to: next?.keyId ?? '' };
}

function tables(rotated: readonly Rotated[], { byEra, byKey, refusals }: LoadReport): string {
  const parts = [
    table([
      ['ROTATION', 'OUTCOME', 'TOOK', 'GRACE', 'DEPLOY IN IT', 'REQUESTS', 'A TOKEN OF THE KEY BEFORE, AFTERWARDS'],
      ...rotated.map((one) => [
        `${one.from} → ${one.to}`,
        one.outcome,
        `${one.seconds.toFixed(0)} s`,
        `${one.graceSeconds.toFixed(0)} s`,
        one.deploySeconds === undefined ? 'none' : `${one.deploySeconds.toFixed(0)} s`,
        String(one.requests),
        one.retired.join(', '),
      ]),
    ]),
    table([
      ['KEY', 'TOKENS', 'REQUESTS', "IN A TOKEN'S LAST 5 S"],
      ...Object.entries(byKey).map(([keyId, use]) => [
        keyId,
        String(use.tokens),
        String(use.requests),
        String(use.lastSeconds),
      ]),
    ]),
    table([['ASKED', 'REQUESTS'], ...Object.entries(byEra).map(([era, count]) => [era, String(count)])]),
  ];
  if (refusals.length > 0) {
    const shown = refusals
      .slice(0, REFUSALS_SHOWN)
      .map((one) => [
        one.at,
        one.era,
        String(one.status),
        one.reason,
        one.keyId ?? '',
        one.secondsLeft === undefined ? '' : `${one.secondsLeft} s left`,
      ]);
    parts.push(table([['REFUSED AT', 'ERA', 'STATUS', 'REASON', 'KEY', 'TOKEN'], ...shown]));
  }
  return parts.join('\n\n');
}

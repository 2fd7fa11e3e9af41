import type { ECSClient } from '@aws-sdk/client-ecs';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { checkRefused, GARBAGE_TOKEN } from './checks/bad-tokens-refused.ts';
import { checkCatalog } from './checks/catalog-reachable.ts';
import { checkInitialize } from './checks/initialize-without-token.ts';
import { checkKeyIds } from './checks/key-ids-agree.ts';
import { CheckRecorder } from './checks/recorder.ts';
import { checkToolCall, checkToolsList } from './checks/requests-with-token.ts';
import { createDial } from './http/dial.ts';
import { redact } from './redact.ts';
import type { CanaryReport } from './report.ts';
import type { CanarySettings } from './settings.ts';
import { countTasks, TaskLog } from './tasks.ts';
import { mintCanaryToken, readTrust } from './trust.ts';

export type CanaryOptions = {
  readonly ssm: SSMClient;
  readonly ecs: ECSClient;
  /** Time for one request, in milliseconds. @default 5000 */
  readonly requestMs?: number;
  /** Time for all checks, in milliseconds. @default 60000 */
  readonly totalMs?: number;
  /** Certificate authorities in PEM in place of Node's own. */
  readonly ca?: string;
};

/**
 * Asks a deployment whether its services trust each other, as a client would: the core behind every entry of the canary.
 *
 * It always ends, within `totalMs`, and always gives a report: what goes wrong is in it, check by check.
 */
export async function runCanary(settings: CanarySettings, options: CanaryOptions): Promise<CanaryReport> {
  const { ssm, ecs, requestMs = 5_000, totalMs = 60_000, ca } = options;
  const { url, mcpUrl, connectHost, buckets } = settings;
  const startedAt = new Date();
  const start = performance.now();
  const timeOver = new AbortController();
  const timer = setTimeout(() => timeOver.abort(), totalMs);

  const counting = countTasks(ecs, settings, AbortSignal.timeout(requestMs));
  const dial = createDial({ connectHost, timeoutMs: requestMs, deadline: timeOver.signal, ca });
  const tasks = new TaskLog();
  const mcp = tasks.watch('mcp', dial);
  const catalog = tasks.watch('catalog', dial);
  const checks = new CheckRecorder(timeOver.signal);

  const parameters = await checks.run('parameters-valid', [], async () => {
    const trust = await readTrust(ssm, settings, AbortSignal.timeout(requestMs));
    return { ...trust, token: await mintCanaryToken(trust, buckets) };
  });
  const trust = parameters.passed?.value;
  const initialize = await checks.run('initialize-without-token', [], () =>
    checkInitialize({ url: mcpUrl, dial: mcp, token: trust?.token, timeoutMs: requestMs }),
  );
  const session = initialize.passed?.value;
  const list = await checks.run('tools-list-with-token', [parameters, initialize], (_, open) => checkToolsList(open));
  await checks.run('tool-call-with-token', [list, initialize], (_, open) => checkToolCall(open));
  await checks.run('no-token-refused', [], () => checkRefused(mcp, mcpUrl, undefined, session?.headers ?? {}));
  await checks.run('garbage-token-refused', [], () => checkRefused(mcp, mcpUrl, GARBAGE_TOKEN, session?.headers ?? {}));
  const page = await checks.run('catalog-reachable', [], () => checkCatalog(catalog, url));
  const seen = () => ({ mcp: tasks.seen('mcp'), catalog: tasks.seen('catalog') });
  await checks.run('key-ids-agree', [initialize, page], () => checkKeyIds(seen()));

  await session?.close();
  clearTimeout(timer);
  const services = await counting;
  const report: CanaryReport = {
    verdict: checks.results.every(({ verdict }) => verdict === 'pass') ? 'green' : 'red',
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(performance.now() - start),
    url: url.origin,
    keyIds: { signing: trust?.signingKey.keyId ?? '', accepted: trust?.acceptedKeyIds ?? [] },
    tools: list.passed?.value ?? [],
    tasks: seen(),
    services,
    checks: checks.results,
  };
  return redact(report, trust === undefined ? [] : [trust.token, ...trust.secretTexts]);
}

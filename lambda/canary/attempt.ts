import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { weaknessOf } from '../../auth/admit-secret.ts';
import type { CanaryReport, Trigger } from '../../contract/canary-report.ts';
import { createDial } from '../shared/dial.ts';
import { checkAllSeen } from './checks/all-tasks-seen.ts';
import { BAD_TOKEN_CHECKS, forgeBadTokens } from './checks/bad-tokens.ts';
import { checkEveryKey } from './checks/every-key-accepted.ts';
import { checkKeyIds, checkTasksAgree, checkTasksHold } from './checks/key-ids.ts';
import { checkPublicFiles } from './checks/no-secret-in-public-files.ts';
import { checkAsRecorded, type Recorded } from './checks/parameters-as-recorded.ts';
import { checkCatalog, checkInitialize, checkMcpReachable } from './checks/reachable.ts';
import { CheckRecorder, type Step } from './checks/recorder.ts';
import { checkRefused, GARBAGE_TOKEN, sessionIdAlone, strangersSession } from './checks/refused.ts';
import { checkExpectedTools, checkIdentity, checkToolCall, checkToolsList } from './checks/requests-with-token.ts';
import type { RepairCause } from './repair.ts';
import { formsOf, redact } from './secret-texts.ts';
import type { CanarySettings } from './settings.ts';
import { readRecord } from './state-table.ts';
import { countTasks, type Rollout, rolloutOfAll, type ServiceStates, TaskLog } from './tasks.ts';
import { mintCanaryTokens, readTrust, type Trust } from './trust.ts';

export type AttemptOptions = {
  readonly ssm: SSMClient;
  readonly ecs: ECSClient;
  readonly dynamodb: DynamoDBClient;
  /** A rotation checks its tasks after each write; for every other trigger, a step in progress excuses some differences. */
  readonly trigger: Trigger;
  /** Time for one request, in milliseconds. */
  readonly requestMs: number;
  /** Aborts when the time for all attempts is over. */
  readonly deadline: AbortSignal;
  /** Certificate authorities in PEM in place of Node's own. */
  readonly ca?: string | undefined;
};

/**
 * The result of one run of all checks. `settles`: if it is red, a later attempt may be green. `rollout`: whether ECS replaced
 * tasks meanwhile. `repair`: why the rotation must check the parameters, if it must.
 */
export type Attempt = {
  readonly report: Pick<CanaryReport, 'verdict' | 'keyIds' | 'tools' | 'tasks' | 'services' | 'checks'>;
  readonly settles: boolean;
  readonly rollout: Rollout;
  readonly repair: RepairCause | undefined;
};

/** The trust from both parameters, and every token of this attempt. */
async function prepare(settings: CanarySettings, { ssm, requestMs }: AttemptOptions) {
  const trust = await readTrust(ssm, settings, AbortSignal.timeout(requestMs));
  const tokens = await mintCanaryTokens(trust, settings.buckets);
  return { trust, tokens, bad: forgeBadTokens(tokens.first, trust.signingSecret) };
}

/** Texts that must not appear in a report: secrets and keys in every form, and tokens. */
function secretTexts({ trust, tokens, bad }: Awaited<ReturnType<typeof prepare>>): readonly string[] {
  const sent = [tokens.first, tokens.renewed, ...tokens.others, ...Object.values(bad)];
  return [...trust.secretTexts.flatMap(formsOf), ...sent.map(({ token }) => token)];
}

/** A weak secret that was adopted earlier still works, and is replaced by the next rotation. */
function warningOf(secret: string, { secretParameter }: CanarySettings): string | undefined {
  const weakness = weaknessOf(secret);
  return weakness && `${secretParameter} holds a weak secret (${weakness}). Replace it with bin/quiltctl rotate.`;
}

function keyIdsOf(trust: Trust | undefined): CanaryReport['keyIds'] {
  return { signing: trust?.signingKey.keyId ?? '', accepted: trust?.acceptedKeys.map(({ keyId }) => keyId) ?? [] };
}

function repairCauseOf(parameters: Step<unknown>, recorded: Step<Recorded>): RepairCause | undefined {
  if (parameters.failed === 'parameter-invalid' || parameters.failed === 'parameter-unreadable')
    return parameters.failed;
  if (recorded.failed === 'foreign-value') return recorded.failed;
  return recorded.passed !== undefined && recorded.passed.value.record === undefined ? 'no-record' : undefined;
}

/** Runs every check once. It always ends, within the deadline. */
export async function attempt(settings: CanarySettings, options: AttemptOptions): Promise<Attempt> {
  const { ecs, dynamodb, trigger, requestMs, deadline, ca } = options;
  const { url, mcpUrl, connectHost, tolerated } = settings;
  const dial = createDial({ connectHost, timeoutMs: requestMs, deadline, ca });
  const tasks = new TaskLog();
  const mcp = { dial: tasks.watch('mcp', dial), url: mcpUrl };
  const catalog = { dial: tasks.watch('catalog', dial), url };
  const checks = new CheckRecorder(deadline, tolerated);
  const limits = () => AbortSignal.any([deadline, AbortSignal.timeout(requestMs)]);
  const count = () => countTasks(ecs, settings, limits());
  const counting = count();

  const page = checks.run('catalog-reachable', [], () => checkCatalog(catalog.dial, url));
  const reachable = checks.run('mcp-reachable', [], () => checkMcpReachable(mcp.dial, mcpUrl));
  const parameters = await checks.run(
    'parameters-valid',
    [],
    () => prepare(settings, options),
    ({ trust }) => warningOf(trust.signingSecret, settings),
  );
  const known = parameters.passed?.value;
  const recorded = checks.run('parameters-as-recorded', [parameters], ({ trust }) =>
    checkAsRecorded(trust.content, settings, {
      read: () => readRecord(dynamodb, settings, limits()),
      strict: trigger === 'rotation',
    }),
  );
  const sessionOptions = { ...mcp, timeoutMs: requestMs };
  const initialize = await checks.run('initialize-without-token', [reachable], () =>
    checkInitialize({ ...sessionOptions, token: known?.tokens.first }),
  );
  const session = initialize.passed?.value;
  const headers = session?.headers ?? {};

  const list = checks.run('tools-list-with-token', [parameters, initialize], (_, open) => checkToolsList(open));
  const called = checks.run('tool-call-with-token', [initialize, list], (open) => checkToolCall(open));
  const independent = [
    page,
    checks.run('expected-tools-listed', [list], checkExpectedTools),
    checks.run('identity-from-token', [parameters, initialize, list, called], ({ tokens }, open, tools, found) =>
      checkIdentity(open, tokens, tools, found),
    ),
    checks.run('no-token-refused', [reachable], async () =>
      checkRefused(mcp, 'without a token', undefined, await strangersSession(headers, sessionOptions)),
    ),
    checks.run('garbage-token-refused', [reachable], () =>
      checkRefused(mcp, 'with a made-up token', GARBAGE_TOKEN, headers),
    ),
    ...BAD_TOKEN_CHECKS.map((name) =>
      checks.run(name, [parameters, reachable], async ({ bad }) => {
        const { what, token } = bad[name];
        await checkRefused(mcp, what, token, headers);
      }),
    ),
    checks.run('session-id-alone-refused', [initialize, list], () =>
      checkRefused(mcp, 'with a session ID alone', undefined, sessionIdAlone(headers)),
    ),
    checks.run('no-secret-in-public-files', [parameters, page], ({ trust }) =>
      checkPublicFiles(catalog.dial, url, trust.secretTexts),
    ),
  ];
  await Promise.all(independent);

  const counted: ServiceStates[] = [await counting];
  const countAgain = async (): Promise<ServiceStates> => {
    const states = await count();
    counted.push(states);
    return states;
  };
  const searches = [
    { service: 'mcp', ...mcp, seen: () => tasks.seen.mcp },
    { service: 'catalog', ...catalog, seen: () => tasks.seen.catalog },
  ] as const;
  await checks.run('all-tasks-seen', [reachable, page], () => checkAllSeen(searches, counted[0], countAgain));
  await checks.run('every-key-accepted', [parameters, recorded, initialize, list], ({ tokens }, { mayTasksDiffer }) =>
    checkEveryKey(tokens, { ...mcp, seen: () => tasks.seen.mcp, session: headers }, mayTasksDiffer),
  );
  await checks.run('tasks-agree', [reachable, page], () => checkTasksAgree(tasks.seen));
  await checks.run('key-ids-agree', [reachable, page], () => checkKeyIds(tasks.seen));
  await checks.run(
    'tasks-hold-parameters',
    [reachable, page, parameters, recorded],
    (_, __, { trust }, { mayTasksDiffer }) => checkTasksHold(tasks.seen, keyIdsOf(trust), mayTasksDiffer),
  );
  await session?.close();

  const isGreen = checks.results.every(({ verdict }) => verdict === 'pass' || verdict === 'tolerated');
  const report = {
    verdict: isGreen ? 'green' : 'red',
    keyIds: keyIdsOf(known?.trust),
    tools: (await list).passed?.value ?? [],
    tasks: tasks.seen,
    services: (counted[0] ?? []).map(({ service, running, desired }) => ({ service, running, desired })),
    checks: checks.results,
  } as const;
  return {
    report: redact(report, known === undefined ? [] : secretTexts(known)),
    settles: checks.settles,
    rollout: rolloutOfAll(counted),
    repair: repairCauseOf(parameters, await recorded),
  };
}

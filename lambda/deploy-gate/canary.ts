import { isJsonObject } from '../../auth/encoding.ts';
import { invokeCanary } from '../../aws/invoke-canary.ts';
import { awsCall, Refusal } from './refusal.ts';
import type { Connections } from './settings.ts';

/** A check that did not pass, and why. */
export type FailedCheck = { readonly name: string; readonly reason: string };

/** The same, directly from the canary: a skipped check did not run, because one that it needs failed. */
export type UnprovedCheck = FailedCheck & { readonly skipped: boolean };

/** The check with the reason code that begins its reason: another reason is another fault. */
export function faultOf({ name, reason }: FailedCheck): string {
  const [, fault] = /^([a-z0-9-]+):/.exec(reason) ?? [];
  return fault === undefined ? name : `${name}: ${fault}`;
}

const NAME = /^[a-z0-9-]{1,64}$/;
/** A reason of the canary is a few sentences; longer ones are truncated to keep the record small. */
const MAX_REASON_LENGTH = 400;
/** Verdicts that do not count against a deploy: passed, or tolerated by the configuration. */
const HARMLESS: readonly unknown[] = ['pass', 'tolerated'];

function failed(what: string): Refusal {
  return new Refusal(
    'canary-failed',
    `The canary ${what}. Check the log group of its function, then deploy again; break-glass deploys without it.`,
  );
}

function checkOf(check: unknown): FailedCheck & { readonly verdict: unknown } {
  const { name, verdict, reason } = isJsonObject(check) ? check : {};
  if (typeof name !== 'string' || !NAME.test(name) || typeof verdict !== 'string') throw failed('returned no report');
  return { name, verdict, reason: typeof reason === 'string' ? reason.slice(0, MAX_REASON_LENGTH) : verdict };
}

/**
 * The checks of a report that count against a deployment: none in a green one. Failed checks come before those that were skipped
 * because of them; a skipped check counts too, since its result is unknown.
 */
function failedChecksOf(report: unknown): readonly UnprovedCheck[] {
  const { verdict, checks } = isJsonObject(report) ? report : {};
  if ((verdict !== 'green' && verdict !== 'red') || !Array.isArray(checks)) throw failed('returned no report');
  if (verdict === 'green') return [];
  const found = checks.map(checkOf).filter((check) => !HARMLESS.includes(check.verdict));
  if (found.length === 0) throw failed('is red without a failed check');
  return found
    .map(({ name, reason, verdict }) => ({ name, reason, skipped: verdict === 'skipped' }))
    .toSorted((one, other) => Number(one.skipped) - Number(other.skipped));
}

/**
 * Runs the canary.
 *
 * @param settling - whether tasks may just have been replaced, so that failed checks are repeated for a while
 * @returns the checks that failed; none when the canary is green
 * @throws Refusal `canary-failed` without a report, `aws-call-failed` when the invocation failed
 */
export async function runCanary(
  { settling }: { readonly settling: boolean },
  { lambda, settings, abortSignal }: Connections,
): Promise<readonly UnprovedCheck[]> {
  const request = { trigger: 'deploy', ...(settling && { settling }) } as const;
  const call = invokeCanary(lambda, settings.canaryFunction, request, abortSignal);
  const { failed: hasFailed, payload } = await awsCall('lambda:InvokeFunction', call);
  if (hasFailed) throw failed('ended with an error');
  if (payload === undefined) throw failed('returned no JSON');
  return failedChecksOf(payload);
}

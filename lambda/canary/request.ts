import { isJsonObject } from '../../auth/encoding.ts';
import { TRIGGERS, type Trigger } from '../../contract/canary-report.ts';

/** What an invocation asks for. */
export type CanaryRequest = {
  /**
   * The services were just rolled out, or stand: run again what may become green, also where ECS tells of no roll-out, and take it
   * for red that they are not there.
   */
  readonly settling: boolean;
  readonly trigger: Trigger;
};

/** Reads an invocation's payload. What it does not know it leaves: a report is always better than none. */
export function parseRequest(event: unknown): CanaryRequest {
  const { settling, trigger } = isJsonObject(event) ? event : {};
  return { settling: settling === true, trigger: TRIGGERS.find((name) => name === trigger) ?? 'direct' };
}

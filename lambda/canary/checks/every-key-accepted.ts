import type { MintedToken } from '../../../auth/mint-enhanced-token.ts';
import type { TaskSeen } from '../../../contract/canary-report.ts';
import { askOnce, mcpRequest } from '../../shared/ask.ts';
import type { Dial } from '../../shared/dial.ts';
import { failureOf, faultOfAnswer } from '../../shared/fault.ts';
import { CheckFailure } from '../fault.ts';
import type { CanaryTokens } from '../trust.ts';
import { askUntil } from './all-tasks-seen.ts';

/** The method that is tried with and without a token: `no-token-refused` proves that it requires the token. */
const METHOD = 'tools/list';

type Asked = {
  readonly dial: Dial;
  readonly url: URL;
  /** The tasks that answered so far. */
  readonly seen: () => readonly TaskSeen[];
  /** Headers of an open session, so that a server that keeps sessions does not refuse for lack of one. */
  readonly session: Readonly<Record<string, string>>;
};

/** Requires that every known task accepts a token, and every task that first answers now. */
async function proveAccepted({ token, keyId }: MintedToken, { dial, url, seen, session }: Asked): Promise<void> {
  const accepting = new Set<string>();
  const request = mcpRequest(METHOD, { ...session, authorization: `Bearer ${token}` });
  const ask = async () => {
    const answer = await askOnce(dial, url, request, METHOD, keyId);
    const fault = faultOfAnswer(answer);
    if (fault !== undefined) throw failureOf(fault, METHOD);
    if (answer.task === undefined) {
      throw new CheckFailure(
        'not-provable',
        'responses of the mcp service do not name their task, so it cannot be proved that all of them accept every key. ' +
          'Check that its image sends X-Quilt-Task.',
      );
    }
    accepting.add(answer.task);
  };
  const silent = () => seen().filter(({ task }) => !accepting.has(task));
  const asked = await askUntil(seen().length, () => accepting.size > 0 && silent().length === 0, ask);
  const [one] = silent();
  if (one === undefined) return;
  throw new CheckFailure(
    'tasks-unseen',
    `mcp task ${one.task} answered at first, and none of ${asked} requests with a token of key ${keyId}. Run the canary again; if it recurs, check the health of the targets in its target group.`,
  );
}

/**
 * Requires that every MCP task that was seen accepts a token of every key of the set: the key that signs, and the key that signed
 * before or will sign next.
 *
 * @param mayTasksDiffer - whether tasks may not yet, or no longer, have the other keys
 */
export async function checkEveryKey(
  { first, others }: CanaryTokens,
  asked: Asked,
  mayTasksDiffer: () => Promise<boolean>,
): Promise<void> {
  await proveAccepted(first, asked);
  for (const other of others) {
    try {
      await proveAccepted(other, asked);
    } catch (error) {
      if (!(await mayTasksDiffer())) throw error;
    }
  }
}

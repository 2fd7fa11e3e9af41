import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Screen } from '../../terminal.ts';
import { Progress } from './progress.ts';
import { endOf, type Happening, happeningsSince } from './stack-events.ts';

/** What following a stack needs of the world. */
export interface FollowPorts {
  readonly cloudformation: CloudFormationClient;
  readonly stackArn: string;
  /** Waits before the next look; at once when the watching was ended. */
  pause(): Promise<void>;
  /** Ends the watching, and nothing but the watching. */
  readonly interrupted: AbortSignal;
}

/** What was seen of an operation. */
export interface Followed {
  /** Oldest first. */
  readonly happenings: readonly Happening[];
  /** The status that the stack came to; `undefined` when the watching was ended before. */
  readonly end: string | undefined;
}

/**
 * Follows what happens to a stack until it is over, and shows its progress.
 *
 * @param since - ID of the newest event before the operation
 * @param changing - logical IDs of the resources that it changes
 * @throws CommandError (3) when AWS refuses the caller, (4) when CloudFormation does not answer
 */
export async function followStack(
  since: string | undefined,
  changing: readonly string[],
  screen: Screen,
  { cloudformation, stackArn, pause, interrupted }: FollowPorts,
): Promise<Followed> {
  const happenings: Happening[] = [];
  const progress = new Progress(screen, changing);
  for (;;) {
    for (const happening of await happeningsSince(cloudformation, stackArn, happenings.at(-1)?.id ?? since)) {
      progress.show(happening);
      happenings.push(happening);
    }
    const end = endOf(happenings);
    if (end !== undefined || interrupted.aborted) {
      progress.end();
      return { happenings, end };
    }
    progress.wait();
    await pause();
  }
}

import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Screen } from '../../screen.ts';
import { endOf, type Happening, happeningLine, happeningsSince } from './stack-events.ts';

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
 * Follows what happens to a stack until it is over, a line for each event.
 *
 * @param since - ID of the newest event before the operation
 * @throws CommandError (3) when AWS refuses the caller, (4) when CloudFormation does not answer
 */
export async function followStack(
  since: string | undefined,
  screen: Screen,
  { cloudformation, stackArn, pause, interrupted }: FollowPorts,
): Promise<Followed> {
  const happenings: Happening[] = [];
  for (;;) {
    for (const happening of await happeningsSince(cloudformation, stackArn, happenings.at(-1)?.id ?? since)) {
      screen.line(happeningLine(happening));
      happenings.push(happening);
    }
    const end = endOf(happenings);
    if (end !== undefined || interrupted.aborted) return { happenings, end };
    await pause();
  }
}

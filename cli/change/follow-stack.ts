import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { goesBack } from '../../aws/stack.ts';
import type { Screen } from '../terminal.ts';
import { endOf, eventLine, eventsSince, type StackEvent } from './stack-events.ts';

/** What following a stack needs of the world. */
interface FollowConnections {
  readonly cloudformation: CloudFormationClient;
  readonly stackArn: string;
  /** Waits before the next look; at once when the watching was ended. */
  pause(): Promise<void>;
  /** Ends the watching, and nothing but the watching. */
  readonly interrupted: AbortSignal;
}

/** What was seen of an operation. */
interface Followed {
  /** Oldest first. */
  readonly events: readonly StackEvent[];
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
  { cloudformation, stackArn, pause, interrupted }: FollowConnections,
): Promise<Followed> {
  const events: StackEvent[] = [];
  const progress = new Progress(screen, changing);
  for (;;) {
    for (const event of await eventsSince(cloudformation, stackArn, events.at(-1)?.id ?? since)) {
      progress.show(event);
      events.push(event);
    }
    const end = endOf(events);
    if (end !== undefined || interrupted.aborted) {
      progress.end();
      return { events, end };
    }
    progress.wait();
    await pause();
  }
}

/**
 * Shows what happens to a stack as far as somebody who waits wants to know it: to the stack itself, and to the resources that
 * change, once for each status. Whatever fails is shown with its reason. The rest is counted.
 */
export class Progress {
  readonly #screen: Screen;
  /** By logical ID: the status that was shown last; nothing yet of a resource that has not begun. */
  readonly #changing: Map<string, string>;
  readonly #quiet = new Set<string>();
  #quietEvents = 0;
  /** What was replaced is removed: the change itself is over. */
  #cleansUp = false;

  /** @param changing - logical IDs of the resources that change */
  constructor(screen: Screen, changing: readonly string[]) {
    this.#screen = screen;
    this.#changing = new Map(changing.map((resource) => [resource, '']));
  }

  show(event: StackEvent): void {
    const { resource, status, ofStack } = event;
    if (ofStack) this.#cleansUp = status.endsWith('_CLEANUP_IN_PROGRESS');
    const before = ofStack ? undefined : this.#changing.get(resource);
    if (before !== undefined) this.#changing.set(resource, status);
    if (status.endsWith('_FAILED')) this.#screen.line(eventLine(event));
    else if (ofStack) this.#showStack(event);
    else if (before === undefined || this.#cleansUp) this.#count(resource);
    else if (before !== status) this.#screen.line(eventLine({ ...event, reason: '' }));
  }

  /** Why it goes back is told; that somebody has begun is known. */
  #showStack(event: StackEvent): void {
    const { status, reason } = event;
    if (!this.#cleansUp) this.#screen.line(eventLine({ ...event, reason: goesBack(status) ? reason : '' }));
  }

  /** Shows what is under way, where there is a terminal. */
  wait(): void {
    const statuses = [...this.#changing];
    const done = statuses.filter(([, status]) => status.endsWith('_COMPLETE')).length;
    const underWay = statuses.filter(([, status]) => status.endsWith('_IN_PROGRESS')).map(([resource]) => resource);
    const names = underWay.length > 0 ? `; in progress: ${underWay.join(', ')}` : '';
    this.#screen.status(`${done} of ${statuses.length} resources done${names} …`);
  }

  /** Says what was not shown. */
  end(): void {
    this.#screen.status('');
    if (this.#quietEvents === 0) return;
    const resources = this.#quiet.size === 1 ? '1 resource' : `${this.#quiet.size} resources`;
    this.#screen.line(`${this.#quietEvents} more events of ${resources} that did not change or were cleaned up.`);
  }

  #count(resource: string): void {
    this.#quiet.add(resource);
    this.#quietEvents += 1;
  }
}

import { goesBack } from '../../aws/stack.ts';
import type { Screen } from '../terminal.ts';
import type { RollbackConnections } from './rollback-plan.ts';
import { endOf, eventLine, eventsSince, type StackEvent } from './stack-events.ts';

/** The observed part of an operation. */
interface Followed {
  /** Oldest first. */
  readonly events: readonly StackEvent[];
  /** The final status of the stack; `undefined` when the watching was stopped. */
  readonly end: string | undefined;
}

/**
 * Follows a stack operation until it ends, and shows its progress.
 *
 * @param since - ID of the newest event before the operation
 * @param changing - logical IDs of the resources that it changes
 * @throws CommandError (3) when AWS refuses the caller, (4) when CloudFormation does not answer
 */
export async function followStack(
  stackArn: string,
  since: string | undefined,
  changing: readonly string[],
  screen: Screen,
  { clients, pause, interrupted }: RollbackConnections,
): Promise<Followed> {
  const events: StackEvent[] = [];
  const progress = new Progress(screen, changing);
  for (;;) {
    for (const event of await eventsSince(clients.cloudformation, stackArn, events.at(-1)?.id ?? since)) {
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
 * Shows the progress of a stack operation: status changes of the stack and of the resources that change, and every failure
 * with its reason. Other events are counted.
 */
export class Progress {
  readonly #screen: Screen;
  /** By logical ID: the status that was shown last; empty before the first one. */
  readonly #changing: Map<string, string>;
  readonly #quiet = new Set<string>();
  #quietEvents = 0;
  /** Whether CloudFormation removes replaced resources: the change itself is complete. */
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

  /** The reason of a rollback is shown; the user knows who started the operation. */
  #showStack(event: StackEvent): void {
    const { status, reason } = event;
    if (!this.#cleansUp) this.#screen.line(eventLine({ ...event, reason: goesBack(status) ? reason : '' }));
  }

  /** Shows what is in progress, on a terminal. */
  wait(): void {
    const statuses = [...this.#changing];
    const done = statuses.filter(([, status]) => status.endsWith('_COMPLETE')).length;
    const underWay = statuses.filter(([, status]) => status.endsWith('_IN_PROGRESS')).map(([resource]) => resource);
    const names = underWay.length > 0 ? `; in progress: ${underWay.join(', ')}` : '';
    this.#screen.status(`${done} of ${statuses.length} resources done${names} …`);
  }

  /** Shows how many events were counted only. */
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

import type { Deployment, ServiceState } from '../../../../lambda/rotation/ports.ts';
import type { ServiceRole } from '../../../../lambda/rotation/record.ts';
import type { Random } from './random.ts';
import type { Holding } from './store.ts';

export type Task = {
  readonly service: ServiceRole;
  readonly deployment: string;
  readonly createdAt: number;
  /** When it began to run: later than it read the parameters, and not what a roll-out goes by. */
  startedAt: number;
  status: 'PENDING' | 'RUNNING' | 'DRAINING' | 'STOPPED';
  holding?: Holding;
  /** It read what a person had written. */
  tainted: boolean;
  /** Seconds that its tokens live. */
  readonly lifetime: number;
};

type Rollout = {
  readonly id: string;
  readonly createdAt: number;
  state: Deployment['state'];
  readonly lifetime: number;
  /** Its image does not run. */
  readonly broken: boolean;
  failures: number;
};

/** What the tasks of a service are made from. */
export type Revision = { readonly lifetime: number; readonly broken: boolean };

const FAILURES = 3;

/** One ECS service: rolling deployments at 100/200 with circuit breaker and rollback, as the product's template has it. */
class Service {
  desired = 2;
  readonly tasks: Task[] = [];
  /** The primary one first. */
  rollouts: Rollout[] = [];
  /** While it is over zero, tasks that start do not get healthy. */
  unhealthyUntil = 0;
  #last: Revision;

  constructor(
    readonly role: ServiceRole,
    private readonly fleet: Fleet,
    first: Revision,
  ) {
    this.#last = first;
    this.begin(first, 0);
  }

  /** Begins a deployment, in place of those that are under way. */
  begin(revision: Revision, now: number): string {
    const id = this.fleet.nextId();
    this.#last = revision;
    this.rollouts.unshift({ id, createdAt: now, state: 'IN_PROGRESS', ...revision, failures: 0 });
    return id;
  }

  /** The same once more. */
  force(now: number): string {
    return this.begin(this.#last, now);
  }

  get alive(): Task[] {
    return this.tasks.filter(({ status }) => status !== 'STOPPED');
  }

  get primary(): Rollout {
    return this.rollouts[0] as Rollout;
  }

  state(): ServiceState {
    return {
      deployments: this.rollouts.map(({ id, createdAt, state }) => ({
        id,
        createdAt,
        state,
        primary: id === this.primary.id,
      })),
      // startedAt is not for the rotation to go by; a mutant does.
      tasks: this.tasks.map(({ createdAt, startedAt, status }) => ({ createdAt, startedAt, status })),
    };
  }

  /** One of the things that ECS might do next. */
  tick(random: Random, now: number): void {
    const { primary, desired } = this;
    const own = this.alive.filter(({ deployment }) => deployment === primary.id);
    const running = own.filter(({ status }) => status === 'RUNNING');
    const others = this.alive.filter(({ deployment }) => deployment !== primary.id);
    const active = this.alive.filter(({ status }) => status === 'PENDING' || status === 'RUNNING');
    const moves: (() => void)[] = [];
    if (own.filter(({ status }) => status !== 'DRAINING').length < desired && active.length < 2 * desired) {
      moves.push(() => this.#create(now));
    }
    for (const task of this.alive) {
      if (task.status === 'PENDING') moves.push(() => this.#start(task, now));
      if (task.status === 'DRAINING') moves.push(() => this.#stop(task));
    }
    const surplus = running.length > desired ? running[0] : undefined;
    if (surplus) moves.push(() => this.#drain(surplus));
    // Never fewer than desired: an older task goes when there are enough without it.
    const replaced = others.find(({ status }) => status !== 'DRAINING');
    const enough = active.filter(({ status }) => status === 'RUNNING').length > desired;
    if (replaced && (enough || replaced.status === 'PENDING')) moves.push(() => this.#drain(replaced));
    const isDone = running.length === desired && others.length === 0 && own.length === running.length;
    if (isDone && primary.state === 'IN_PROGRESS') {
      moves.push(() => {
        primary.state = 'COMPLETED';
        this.rollouts = [primary];
      });
    }
    if (moves.length > 0) random.pick(moves)();
  }

  /** A task dies, and is replaced. */
  lose(random: Random): void {
    const running = this.alive.filter(({ status }) => status === 'RUNNING');
    if (running.length > 0) random.pick(running).status = 'STOPPED';
  }

  #create(now: number): void {
    const { id, lifetime } = this.primary;
    const task: Task = {
      service: this.role,
      deployment: id,
      createdAt: now,
      startedAt: now,
      status: 'PENDING',
      tainted: false,
      lifetime,
    };
    this.tasks.push(task);
  }

  #start(task: Task, now: number): void {
    const rollout = this.rollouts.find(({ id }) => id === task.deployment);
    const holding = this.fleet.read();
    const works = holding !== undefined && rollout?.broken !== true && now >= this.unhealthyUntil;
    if (works) {
      Object.assign(task, { status: 'RUNNING', startedAt: now, holding, tainted: this.fleet.isForeign() });
      return;
    }
    task.status = 'STOPPED';
    if (rollout === undefined) return;
    rollout.failures += 1;
    if (rollout.failures >= FAILURES && rollout.state === 'IN_PROGRESS') this.#breakCircuit(rollout);
  }

  /** The circuit breaker: the last deployment that was complete is the primary one again. */
  #breakCircuit(rollout: Rollout): void {
    const before = this.rollouts.find(({ id, state }) => id !== rollout.id && state === 'COMPLETED');
    if (before === undefined) {
      rollout.failures = 0;
      return;
    }
    rollout.state = 'FAILED';
    before.failures = 0;
    before.state = 'IN_PROGRESS';
    this.#last = { lifetime: before.lifetime, broken: before.broken };
    this.rollouts = [before, rollout];
    for (const task of this.alive) if (task.deployment === rollout.id) this.#drain(task);
  }

  #drain(task: Task): void {
    task.status = task.status === 'PENDING' ? 'STOPPED' : 'DRAINING';
  }

  #stop(task: Task): void {
    task.status = 'STOPPED';
  }
}

/** Both services. */
export class Fleet {
  readonly mcp: Service;
  readonly catalog: Service;
  #ids = 0;

  /**
   * @param read - what a task that starts now would hold
   * @param isForeign - whether a person wrote some of it
   */
  constructor(
    readonly read: () => Holding | undefined,
    readonly isForeign: () => boolean,
    lifetime: number,
  ) {
    this.mcp = new Service('mcp', this, { lifetime, broken: false });
    this.catalog = new Service('catalog', this, { lifetime, broken: false });
  }

  get services(): readonly Service[] {
    return [this.mcp, this.catalog];
  }

  get alive(): readonly Task[] {
    return [...this.mcp.alive, ...this.catalog.alive];
  }

  nextId(): string {
    this.#ids += 1;
    return `deployment-${this.#ids}`;
  }

  /** Whether nothing happens by itself any more. */
  get isQuiet(): boolean {
    return this.services.every(
      ({ rollouts, alive, desired }) =>
        rollouts.length === 1 &&
        rollouts[0]?.state === 'COMPLETED' &&
        alive.length === desired &&
        alive.every(({ status }) => status === 'RUNNING'),
    );
  }
}

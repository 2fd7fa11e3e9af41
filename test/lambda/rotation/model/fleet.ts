import type { ServiceRole } from '../../../../contract/rotation.ts';
import type { Deployment, ServiceState } from '../../../../lambda/rotation/ports.ts';
import type { Random } from './random.ts';
import type { Holding } from './store.ts';

export type Task = {
  readonly service: ServiceRole;
  readonly deployment: string;
  readonly createdAt: number;
  /** When it began to run: later than it read the parameters, so that a rollout must not go by it. */
  startedAt: number;
  status: 'PENDING' | 'RUNNING' | 'DRAINING' | 'STOPPED';
  holding?: Holding;
  /** When it may go on from where it is: to run, or to stop. */
  readyAt: number;
  /** It read what a person had written. */
  tainted: boolean;
  /** Seconds that its tokens live. */
  readonly lifetime: number;
};

/** What a task reads when it starts, and whether a person wrote some of it. */
export type Start = { readonly holding: Holding; readonly tainted: boolean };

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
/** How long a task may take from reading the parameters to running, and from its last new request to its end. */
const SLOW_MS = 6_000;
const DRAIN_MS = 60_000;

/** One ECS service: rolling deployments at 100/200 with circuit breaker and rollback, as the product's template has it. */
class Service {
  desired = 2;
  readonly tasks: Task[] = [];
  /** The primary one first. */
  rollouts: Rollout[] = [];
  /** While it is over zero, tasks that start do not get healthy. */
  unhealthyUntil = 0;
  /** Deployments that ECS gave up, one after the other. */
  givenUp = 0;
  #last: Revision;

  readonly role: ServiceRole;
  private readonly fleet: Fleet;

  constructor(role: ServiceRole, fleet: Fleet, first: Revision) {
    this.role = role;
    this.fleet = fleet;
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
      if (task.readyAt > now) continue;
      if (task.status === 'PENDING') moves.push(() => this.#start(task, random, now));
      if (task.status === 'DRAINING') moves.push(() => this.#stop(task));
    }
    const surplus = running.length > desired ? running[0] : undefined;
    if (surplus) moves.push(() => this.#drain(surplus, random, now));
    // Never fewer than desired: an older task goes when there are enough without it.
    const replaced = others.find(({ status }) => status !== 'DRAINING');
    const enough = active.filter(({ status }) => status === 'RUNNING').length > desired;
    if (replaced && (enough || replaced.status === 'PENDING')) moves.push(() => this.#drain(replaced, random, now));
    const goes = this.alive.filter(({ status }) => status === 'DRAINING');
    // Tasks that drain do not keep a deployment from being complete.
    const isDone = running.length === desired && this.alive.length === running.length + goes.length;
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
      readyAt: now,
      status: 'PENDING',
      tainted: false,
      lifetime,
    };
    this.tasks.push(task);
  }

  /** First a task reads the parameters; later it runs. */
  #start(task: Task, random: Random, now: number): void {
    if (task.holding === undefined) {
      const start = this.fleet.start(this.role);
      if (start === undefined) this.#fail(task, random, now);
      else Object.assign(task, { ...start, readyAt: now + random.below(SLOW_MS) });
      return;
    }
    const rollout = this.rollouts.find(({ id }) => id === task.deployment);
    if (rollout?.broken === true || now < this.unhealthyUntil) {
      this.#fail(task, random, now);
    } else {
      task.status = 'RUNNING';
      task.startedAt = now;
      if (rollout === this.primary) this.givenUp = 0;
    }
  }

  #fail(task: Task, random: Random, now: number): void {
    task.status = 'STOPPED';
    const rollout = this.rollouts.find(({ id }) => id === task.deployment);
    if (rollout === undefined) return;
    rollout.failures += 1;
    if (rollout.failures >= FAILURES && rollout.state === 'IN_PROGRESS') this.#breakCircuit(rollout, random, now);
  }

  /** The circuit breaker: the last deployment that was complete is the primary one again. */
  #breakCircuit(rollout: Rollout, random: Random, now: number): void {
    const before = this.rollouts.find(({ id, state }) => id !== rollout.id && state === 'COMPLETED');
    if (before === undefined) {
      rollout.failures = 0;
      return;
    }
    rollout.state = 'FAILED';
    this.givenUp += 1;
    before.failures = 0;
    before.state = 'IN_PROGRESS';
    this.#last = { lifetime: before.lifetime, broken: before.broken };
    this.rollouts = [before, rollout];
    for (const task of this.alive) if (task.deployment === rollout.id) this.#drain(task, random, now);
  }

  #drain(task: Task, random: Random, now: number): void {
    task.status = task.status === 'PENDING' ? 'STOPPED' : 'DRAINING';
    task.readyAt = now + (random.chance(0.2) ? random.below(DRAIN_MS) : 0);
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

  readonly start: (service: ServiceRole) => Start | undefined;

  /** @param start - what a task reads that starts now; undefined when it would exit at once */
  constructor(start: (service: ServiceRole) => Start | undefined, lifetime: number) {
    this.start = start;
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

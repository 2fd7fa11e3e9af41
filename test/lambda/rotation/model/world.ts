import type { Command } from '../../../../lambda/rotation/call.ts';
import type { Event, Holder } from '../../../../lambda/rotation/ports.ts';
import type { Content, RotationRecord } from '../../../../lambda/rotation/record.ts';
import { Deploys } from './deploys.ts';
import { Fleet } from './fleet.ts';
import { checkInstant, noteTokens } from './invariant.ts';
import { Random } from './random.ts';
import { keySetOf, ParameterStore, secretsOf, thumbprint } from './store.ts';

/** Something in the world that must never be. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** The Lambda is killed here. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Something that comes from outside, after so many awaits of the code under test. */
export type Happening = { readonly after: number; readonly act: (world: World) => void };

/** The state machine, for those who start or stop executions of it. */
export type Starter = { start(command: Command): void; kill(): void };

/** A run has some thousands. */
const MOST_TICKS = 60_000;

const FIRST_SECRET = 'first-secret-of-the-model-0123456789';

/** Everything that a rotation meets, in one place: what AWS has, what people do, and what time it is. */
export class World {
  now = Date.parse('2026-01-01T00:00:00Z');
  readonly random: Random;
  readonly parameters = new ParameterStore();
  readonly incoming = new Map<string, string>();
  record: RotationRecord | undefined;
  lock: Holder | undefined;
  readonly running = new Set<string>();
  machine: Starter | undefined;
  readonly fleet: Fleet;
  readonly deploys: Deploys;
  readonly told: Event[] = [];
  /** Until when the canary is red whatever it finds. */
  redUntil = 0;
  /** What the Trust stack says of the token lifetime. */
  lifetime = 60;
  /** Until when tokens of a key may live, by thumbprint. */
  readonly tokens = new Map<string, number>();
  /** Keys that a revocation gave up. */
  readonly revoked = new Set<string>();
  /** Whether a person has asked for a revocation. */
  mayRevoke = false;
  /** Whether a person has ever written to a parameter, and whether something that was not ours. */
  touched = false;
  meddled = false;
  /** Executions that failed, which raises an alarm by itself. */
  failed = 0;
  crashes = 0;
  /** A crash strikes at the next await. */
  doomed = false;
  #awaits = 0;
  #ticks = 0;
  readonly #happenings: Happening[];
  readonly log: string[] = [];

  constructor(seed: number, happenings: readonly Happening[]) {
    this.random = new Random(seed);
    this.#happenings = [...happenings].sort((one, other) => one.after - other.after);
    this.parameters.put('keySet', keySetOf([FIRST_SECRET]), this.now);
    this.parameters.put('secret', FIRST_SECRET, this.now);
    this.fleet = new Fleet(
      () => this.parameters.read(),
      () => !this.isOwn(),
      this.lifetime,
    );
    this.deploys = new Deploys(this);
    this.now += 10_000;
    while (!this.fleet.isQuiet) {
      this.now += 100;
      for (const service of this.fleet.services) service.tick(this.random, this.now);
    }
    this.now += 10_000;
  }

  note(text: string): void {
    this.log.push(`${new Date(this.now).toISOString().slice(11, 23)} ${text}`);
  }

  /** The contents that the rotation has recorded as its own. */
  get own(): readonly Content[] {
    const { record } = this;
    if (record === undefined) return [{ signing: thumbprint(FIRST_SECRET), accepted: [thumbprint(FIRST_SECRET)] }];
    return record.before ? [record.intended, record.before] : [record.intended];
  }

  /** Whether both parameters hold what is recorded. */
  isOwn(): boolean {
    const secret = this.parameters.current('secret')?.value;
    const accepted = secretsOf(this.parameters.current('keySet')?.value)?.map(thumbprint).sort().join();
    const signing = secret === undefined ? undefined : thumbprint(secret);
    return (
      this.own.some((content) => content.signing === signing) &&
      this.own.some((content) => content.accepted.join() === accepted)
    );
  }

  /** An await of the code under test: the world goes on, and what was to happen now happens. */
  pass(): void {
    // Before there is a record nobody can tell what is foreign.
    if (this.record !== undefined) this.#awaits += 1;
    while (this.#awaits > 0 && this.#happenings[0] !== undefined && this.#happenings[0].after <= this.#awaits) {
      this.#happenings.shift()?.act(this);
      this.check();
    }
    this.elapse(this.random.below(60));
    if (this.random.chance(0.5)) this.tick();
    if (this.doomed) {
      this.doomed = false;
      this.crashes += 1;
      this.note('the function is killed');
      throw new Crash();
    }
  }

  get isOver(): boolean {
    return this.#happenings.length === 0;
  }

  /** Has everything that was yet to happen happen soon. */
  hurry(): void {
    const next = this.#happenings.shift();
    next?.act(this);
    this.check();
  }

  /** Time goes by, in which catalog tasks go on signing. */
  elapse(milliseconds: number): void {
    this.now += milliseconds;
    noteTokens(this);
  }

  /** Time goes by until an instant, while ECS and CloudFormation work. */
  sleepUntil(time: number): void {
    while (this.now < time) {
      const busy = !this.fleet.isQuiet || this.deploys.isUnderWay;
      const left = time - this.now;
      this.elapse(busy ? Math.min(left, 100 + this.random.below(400)) : left);
      if (busy) for (let i = 0; i < 4; i += 1) this.tick();
    }
  }

  /** One thing that AWS does by itself. */
  tick(): void {
    this.#ticks += 1;
    if (this.#ticks > MOST_TICKS) this.violate('the world does not come to rest');
    this.random.pick(this.fleet.services).tick(this.random, this.now);
    this.deploys.tick();
    this.check();
  }

  check(): void {
    noteTokens(this);
    checkInstant(this);
  }

  violate(what: string): never {
    throw new Violation(what);
  }
}

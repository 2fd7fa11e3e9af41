import type { Command, Content, RotationRecord, ServiceRole } from '../../../../contract/rotation.ts';
import type { Event, Holder, ParameterRole } from '../../../../lambda/rotation/ports.ts';
import { Deploys } from './deploys.ts';
import { Fleet, type Start } from './fleet.ts';
import { checkInstant, noteTokens } from './invariant.ts';
import { Random } from './random.ts';
import {
  type Holding,
  holdingOf,
  keySetOf,
  keysOf,
  nameOf,
  OWN_LABEL,
  ParameterStore,
  partsOf,
  recordedName,
  thumbprint,
} from './store.ts';

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
const MAX_TICKS = 60_000;

const FIRST_SECRET = 'first-secret-of-the-model-0123456789';

/** The clocks of AWS differ by less than the rotation's margin of 2 s between any two of them. */
const MAX_APART_MS = 950;
/** Those of a catalog and an MCP task, together with what a token lives too long for them: less than what grace adds. */
const MAX_TOKENS_MS = 4_900;
/** A task reads at its start what was there so shortly before; what its parameters are for longer the canary sees. */
const TASK_LAG_MS = 950;
/** So many MCP images cannot be rotated, which the canary finds out before it does any harm. */
const ONE_SECRET = 0.03;

/** Everything that a rotation meets, in one place: what AWS has, what people do, and what time it is. */
export class World {
  now = Date.parse('2026-01-01T00:00:00Z');
  readonly random: Random;
  /** By how many milliseconds the clocks of Parameter Store and of Lambda are ahead of that of ECS; and how late tokens end. */
  readonly clocks: { readonly ssmMs: number; readonly lambdaMs: number; readonly tokensMs: number };
  readonly parameters: ParameterStore;
  readonly incoming = new Map<string, string>();
  record: RotationRecord | undefined;
  lock: Holder | undefined;
  readonly running = new Set<string>();
  /** Executions in whose place another one went on. */
  readonly fenced = new Set<string>();
  machine: Starter | undefined;
  /** Whether the MCP image is one that reads the signing secret and not the set. */
  knowsOneSecret: boolean;
  readonly fleet: Fleet;
  readonly deploys: Deploys;
  readonly reported: Event[] = [];
  /** Until when the canary is red whatever it finds. */
  redUntil = 0;
  /** Whether the canary was green since the last write of a parameter and the last new phase. */
  isGreen = false;
  /** What the Trust stack says of the token lifetime. */
  lifetime = 60;
  /** Until when tokens of a key may live, by its name. */
  readonly tokens = new Map<string, number>();
  /** Keys that MCP remembers from earlier tasks, by their names, and until when: an image may have a cache outside of its tasks. */
  readonly cache = { names: new Set<string>(), until: 0 };
  /** Keys that a revocation gave up, by thumbprint. */
  readonly revoked = new Set<string>();
  /** What a person wrote last over the signing secret, by its thumbprint, and until when that may not be seen. */
  putToSign = { key: '', until: 0 };
  /** Whether a person has asked for a revocation. */
  mayRevoke = false;
  /** Whether a person has ever written to a parameter, and whether something that was not ours. */
  touched = false;
  meddled = false;
  /** Executions that failed, which raises an alarm by itself. */
  failed = 0;
  crashes = 0;
  /** Calls that ended because a write was not to be seen yet. */
  unseen = 0;
  /** A crash strikes at the next await. */
  doomed = false;
  #awaits = 0;
  #ticks = 0;
  readonly #firstLabel: string;
  readonly #happenings: Happening[];
  readonly log: string[] = [];

  constructor(seed: number, happenings: readonly Happening[]) {
    this.random = new Random(seed);
    this.#happenings = [...happenings].sort((one, other) => one.after - other.after);
    const apart = () => this.random.below(2 * MAX_APART_MS) - MAX_APART_MS;
    this.clocks = { ssmMs: apart(), lambdaMs: apart(), tokensMs: this.random.below(MAX_TOKENS_MS) };
    this.parameters = new ParameterStore(this.random, this.clocks.ssmMs);
    // A deployment may have adopted its first key under its own label.
    this.#firstLabel = this.random.pick([OWN_LABEL, 'adopted']);
    this.parameters.put('keySet', keySetOf([{ secret: FIRST_SECRET, label: this.#firstLabel }]), this.now);
    this.parameters.put('secret', FIRST_SECRET, this.now);
    this.knowsOneSecret = this.random.chance(ONE_SECRET);
    this.fleet = new Fleet((role) => this.#start(role), this.lifetime);
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

  /** The contents that the rotation has recorded as its own, by names; the signing secret by the one that the set has for it. */
  get own(): readonly Holding[] {
    const { record } = this;
    if (record === undefined) {
      const name = nameOf(thumbprint(FIRST_SECRET), this.#firstLabel);
      return [{ signing: name, accepted: [name] }];
    }
    const name = (key: string) => {
      const known = [record.current, record.next].find((one) => one?.thumbprint === key);
      return known === undefined ? nameOf(key, OWN_LABEL) : recordedName(known);
    };
    const named = ({ signing, accepted }: Content) => ({ signing: name(signing), accepted: accepted.map(name) });
    return record.before ? [named(record.intended), named(record.before)] : [named(record.intended)];
  }

  /** Whether a value of a parameter is one that is recorded. */
  #isOwnValue(role: ParameterRole, value: string | undefined): boolean {
    if (value === undefined) return false;
    if (role === 'secret') return this.own.some(({ signing }) => partsOf(signing).thumbprint === thumbprint(value));
    const accepted = keysOf(value)?.map(({ secret, label }) => nameOf(thumbprint(secret), label));
    return this.own.some((content) => content.accepted.toSorted().join() === accepted?.toSorted().join());
  }

  /** Whether both parameters hold what is recorded. */
  isOwn(): boolean {
    return (['secret', 'keySet'] as const).every((role) =>
      this.#isOwnValue(role, this.parameters.current(role)?.value),
    );
  }

  /** What a task reads that starts now, and whether a person wrote some of it. */
  #start(service: ServiceRole): Start | undefined {
    const [secret, keySet] = (['secret', 'keySet'] as const).map((role) =>
      this.parameters.shown(role, this.now, TASK_LAG_MS).at(-1),
    );
    const holding = holdingOf(secret?.value, keySet?.value);
    if (holding === undefined) return undefined;
    const isForeign = (role: ParameterRole, version = role === 'secret' ? secret : keySet) =>
      version?.byPerson === true && !this.#isOwnValue(role, version.value);
    const accepted = service === 'mcp' && this.knowsOneSecret ? [holding.signing] : holding.accepted;
    return { holding: { ...holding, accepted }, tainted: isForeign('secret') || isForeign('keySet') };
  }

  /** Every key that some running MCP task accepts, by its name. */
  accepted(): readonly string[] {
    const running = this.fleet.mcp.alive.filter(({ status }) => status === 'RUNNING');
    const remembered = this.now < this.cache.until && running.length > 0 ? [...this.cache.names] : [];
    return [...remembered, ...running.flatMap(({ holding }) => holding?.accepted ?? [])];
  }

  /** An await of the code under test: the world continues, and what was to happen now happens. */
  pass(): void {
    // Before the first record, foreign values cannot be recognized.
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
    if (this.#ticks > MAX_TICKS) this.violate('the world does not come to rest');
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

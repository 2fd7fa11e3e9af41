import { RESTING_PHASES } from '../../../../contract/rotation.ts';
import type { World } from './world.ts';

type Deploy = {
  readonly arn: string;
  readonly lifetime: number;
  readonly broken: boolean;
  /** What it was before, for the way back. */
  readonly lifetimeBefore: number;
  readonly beganAt: number;
  /** The rollout that is waited for. */
  rollout?: string;
  stage: 'gate' | 'mcp' | 'catalog' | 'verdict' | 'back' | 'over';
};

/** A revision record, as far as the rotation reads it. */
type Revision = { readonly openedAt: number; readonly lifetime: number; verdict: 'open' | 'good' | 'failed' };

/** When CloudFormation stops waiting for a service. */
const PATIENCE_MS = 600_000;

/** Deploys of the Services stack: gate, MCP, catalog, verdict, and the way back, in which the gate has given the lock away. */
export class Deploys {
  #current: Deploy | undefined;
  #count = 0;
  readonly revisions: Revision[];

  private readonly world: World;

  constructor(world: World) {
    this.world = world;
    this.revisions = [{ openedAt: world.now - 1_000_000, lifetime: world.lifetime, verdict: 'good' }];
  }

  get isUnderWay(): boolean {
    return this.#current !== undefined;
  }

  /** Whether the services are being changed, and no other caller may. */
  get isAdmitted(): boolean {
    return this.#current !== undefined && this.#current.stage !== 'gate';
  }

  /** The stack is being changed, for CloudFormation and its callers. */
  inProgress(arn?: string): boolean {
    return this.#current !== undefined && (arn === undefined || arn === this.#current.arn);
  }

  begin(lifetime: number, broken: boolean): void {
    if (this.#current) return;
    this.#count += 1;
    const lifetimeBefore =
      this.revisions.findLast(({ verdict }) => verdict === 'good')?.lifetime ?? this.world.lifetime;
    this.#current = {
      arn: `stack-${this.#count}`,
      lifetime,
      broken,
      lifetimeBefore,
      beganAt: this.world.now,
      stage: 'gate',
    };
    this.world.lifetime = lifetime;
    this.world.note(`a deploy begins (tokens live ${lifetime} s${broken ? ', its image is broken' : ''})`);
  }

  /** The longest lifetime between two instants, by the revision records. */
  longestLifetime(from: number, to: number): number | undefined {
    const lifetimes: number[] = [];
    for (const { openedAt, lifetime, verdict } of this.revisions.toReversed()) {
      if (openedAt > to) continue;
      lifetimes.push(lifetime);
      if (openedAt < from && verdict === 'good') break;
    }
    return lifetimes.length === 0 ? undefined : Math.max(...lifetimes);
  }

  tick(): void {
    const deploy = this.#current;
    if (deploy === undefined || !this.world.random.chance(0.3)) return;
    const { fleet, now } = this.world;
    const revision = { lifetime: deploy.lifetime, broken: deploy.broken };
    const before = { lifetime: deploy.lifetimeBefore, broken: false };
    switch (deploy.stage) {
      case 'gate':
        if (this.#admit(deploy)) {
          this.revisions.push({ openedAt: now, lifetime: deploy.lifetime, verdict: 'open' });
          deploy.rollout = fleet.mcp.begin(revision, now);
          deploy.stage = 'mcp';
        } else {
          this.#end(deploy);
        }
        break;
      case 'mcp':
      case 'catalog': {
        const { primary } = fleet[deploy.stage];
        const isTooLong = now - deploy.beganAt > PATIENCE_MS;
        // A person's rollout of the same revision comes later; an earlier one is back when the circuit broke.
        const isLater = Number(primary.id.split('-')[1]) >= Number(deploy.rollout?.split('-')[1]);
        if (isTooLong || !isLater) {
          this.#goBack(deploy, before);
        } else if (primary.state === 'COMPLETED') {
          if (deploy.stage === 'mcp') deploy.rollout = fleet.catalog.begin(revision, now);
          deploy.stage = deploy.stage === 'mcp' ? 'catalog' : 'verdict';
        }
        break;
      }
      case 'verdict':
        // Red now and then, for whatever reason.
        if (this.world.random.chance(0.2)) {
          this.#goBack(deploy, before);
        } else {
          this.#close('good');
          this.#release(deploy);
          this.#end(deploy);
        }
        break;
      case 'back':
        if (fleet.services.every(({ rollouts }) => rollouts[0]?.state === 'COMPLETED')) this.#end(deploy);
    }
  }

  /** The gate, with its rules about lock and phase. */
  #admit({ arn }: Deploy): boolean {
    const { world } = this;
    const { lock, record } = world;
    const isFree = lock === undefined || (lock.kind === 'rotation' ? !world.running.has(lock.owner) : true);
    const isResting =
      record === undefined || RESTING_PHASES.includes(record.phase) || !world.running.has(record.execution);
    const starts = world.parameters.read() !== undefined;
    if (!isFree || !isResting || !starts) {
      world.note('the gate refuses the deploy');
      return false;
    }
    world.lock = { owner: arn, kind: 'deploy', takenAt: new Date(world.now).toISOString() };
    world.note('the gate admits the deploy');
    return true;
  }

  #goBack(deploy: Deploy, before: { readonly lifetime: number; readonly broken: boolean }): void {
    const { fleet, now } = this.world;
    this.world.note('the deploy goes back');
    this.#close('failed');
    this.#release(deploy);
    for (const service of fleet.services) service.begin(before, now);
    deploy.stage = 'back';
  }

  #close(verdict: 'good' | 'failed'): void {
    const last = this.revisions.at(-1);
    if (last) last.verdict = verdict;
  }

  #release({ arn }: Deploy): void {
    if (this.world.lock?.owner === arn) this.world.lock = undefined;
  }

  #end(deploy: Deploy): void {
    // Now and then a deploy dies with its lock.
    if (this.world.random.chance(0.7)) this.#release(deploy);
    this.world.note('the deploy is over');
    this.#current = undefined;
  }
}

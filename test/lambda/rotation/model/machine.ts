import type { Command, Progress } from '../../../../contract/rotation.ts';
import { advance } from '../../../../lambda/rotation/advance.ts';
import { worldPorts } from './ports.ts';
import { Crash, Violation, type World } from './world.ts';

type Execution = {
  readonly id: string;
  readonly command: Command;
  progress?: Progress;
  wakeAt: number;
  failures: number;
};

/** What the state machine retries by itself; anything else that is thrown is a fault of the code. */
const EXPECTED = ['Crash', 'RecordConflict', 'NotVisibleYet'];
const RETRIES = 6;

/** The state machine: executions that call the function, wait as requested, and repeat a call that died. */
export class Machine {
  #executions: Execution[] = [];
  #count = 0;

  private readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  start(command: Command): void {
    this.#count += 1;
    const id = `execution-${this.#count}`;
    this.world.running.add(id);
    this.world.note(`${id} begins: ${command.command} (${command.trigger})`);
    this.#executions.push({ id, command, wakeAt: this.world.now, failures: 0 });
  }

  /** A person stops whatever execution is at work. */
  kill(): void {
    const [victim] = this.#executions;
    if (victim) this.#end(victim, 'died');
  }

  get next(): number | undefined {
    const times = this.#executions.map(({ wakeAt }) => wakeAt);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** The next call. The function runs once at a time: calls follow each other. */
  async step(): Promise<void> {
    const { world } = this;
    const execution = this.#executions.toSorted((one, other) => one.wakeAt - other.wakeAt)[0];
    if (execution === undefined) return;
    world.sleepUntil(execution.wakeAt);
    // Somebody may have ended it meanwhile.
    if (!this.#executions.includes(execution)) return;
    const { id, command, progress } = execution;
    try {
      const call = { execution: id, command, ...(progress && { progress }) };
      const said = await advance(call, worldPorts(world, id));
      execution.failures = 0;
      if (said.result === 'wait') {
        execution.progress = said;
        execution.wakeAt = world.now + said.seconds * 1000;
        if (said.phase === 'grace' && world.lock?.owner === id) world.violate('the lock is held in the grace time');
      } else {
        this.#end(execution, said);
      }
    } catch (error) {
      if (error instanceof Violation) throw error;
      if (!(error instanceof Error) || !EXPECTED.includes(error.name)) throw error;
      execution.failures += 1;
      world.note(`${id}: ${error.name}`);
      if (error.name === 'NotVisibleYet') world.unseen += 1;
      if (execution.failures > RETRIES) this.#end(execution, 'died');
      execution.wakeAt = world.now + 2_000 * 2 ** execution.failures;
      if (!(error instanceof Crash)) world.elapse(100);
    }
  }

  #end(execution: Execution, progress: Progress | 'died'): void {
    const { lock, fenced } = this.world;
    // A dead or fenced-off execution cannot release the lock; the next one takes it over.
    if (progress !== 'died' && !fenced.has(execution.id) && lock?.owner === execution.id) {
      this.world.violate(`an execution ends and keeps the lock: ${JSON.stringify(progress)}`);
    }
    const { command } = execution.command;
    const outcome = progress !== 'died' && progress.result === 'done' ? progress.outcome : undefined;
    if (command === 'revoke' && outcome !== undefined && outcome !== 'revoked' && outcome !== 'superseded') {
      this.world.violate(`a revocation ends as ${outcome}, and nothing is revoked`);
    }
    this.#executions = this.#executions.filter((one) => one !== execution);
    this.world.running.delete(execution.id);
    this.world.note(`${execution.id} ends: ${progress === 'died' ? progress : JSON.stringify(progress)}`);
    if (progress === 'died' || progress.result === 'failed') this.world.failed += 1;
  }
}

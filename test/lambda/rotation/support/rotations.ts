import type { Command, Phase, Progress } from '../../../../contract/rotation.ts';
import { advance } from '../../../../lambda/rotation/advance.ts';
import type { Timing } from '../../../../lambda/rotation/ports.ts';
import { worldPorts } from '../model/ports.ts';
import { World } from '../model/world.ts';

const MAX_CALLS = 1_000;
const SEED = 1;

/** One execution of the state machine, with what its calls said. */
export type Execution = { readonly id: string; readonly command: Command; progress?: Progress };

/** Executions over the model's world, in which only that happens which a test makes happen. */
export class Rotations {
  readonly world = new World(SEED, []);
  /** All that any call said. */
  readonly said: Progress[] = [];
  /** Every record that was written, as text. */
  readonly written: string[] = [];
  /** What the configuration calls this deployment. */
  readonly environment = 'production';
  /** How long things take that are not to take as long as in the model. */
  timing: Partial<Timing> = {};
  #count = 0;

  constructor() {
    const { parameters } = this.world;
    // Parameter Store may take its time to show a write, which is for the model to try.
    parameters.shown = (role) => parameters.history(role);
  }

  /** A deployment at rest, whose record has been made. */
  static async start(): Promise<Rotations> {
    const rotations = new Rotations();
    await rotations.run({ command: 'repair', trigger: 'canary' });
    return rotations;
  }

  begin(command: Command): Execution {
    this.#count += 1;
    const id = `execution-${this.#count}`;
    this.world.running.add(id);
    return { id, command };
  }

  /** One call, after the wait that the one before asked for. */
  async call(execution: Execution): Promise<Progress> {
    const { id, command, progress } = execution;
    if (progress?.result === 'wait') this.world.sleepUntil(this.world.now + progress.seconds * 1000);
    const ports = worldPorts(this.world, id);
    const { records } = ports;
    const write: typeof records.write = (record, instead) => {
      this.written.push(JSON.stringify(record));
      return records.write(record, instead);
    };
    const said = await advance(
      { execution: id, command, ...(progress && { progress }) },
      {
        ...ports,
        records: { ...records, write },
        environment: this.environment,
        timing: { ...ports.timing, ...this.timing },
      },
    );
    this.said.push(said);
    execution.progress = said;
    if (said.result !== 'wait') this.end(execution);
    return said;
  }

  /** Has an execution called until it ends, or until it waits in a phase. */
  async goOn(execution: Execution, until?: Phase): Promise<Progress> {
    for (let calls = 0; calls < MAX_CALLS; calls += 1) {
      const said = await this.call(execution);
      if (said.result !== 'wait' || said.phase === until) return said;
    }
    throw new Error(`${execution.command.command} does not come to an end.`);
  }

  async run(command: Command): Promise<Progress> {
    return this.goOn(this.begin(command));
  }

  /** Starts an execution and leaves it where it first waits in a phase. */
  async runUntil(phase: Phase, command: Command = ROTATE): Promise<Execution> {
    const execution = this.begin(command);
    const said = await this.goOn(execution, phase);
    if (said.result !== 'wait') throw new Error(`It does not wait in ${phase}: ${said.message}`);
    return execution;
  }

  /** The execution is over, or died. */
  end({ id }: Execution): void {
    this.world.running.delete(id);
  }

  sleepHours(hours: number): void {
    this.world.sleepUntil(this.world.now + hours * 3_600_000);
  }

  /** The values of both parameters, and how often they were written. */
  get parameters() {
    const { parameters } = this.world;
    return { secret: parameters.current('secret'), keySet: parameters.current('keySet') };
  }

  /** Where the record is: which write, and which phase. */
  get state() {
    const { record } = this.world;
    return { revision: record?.revision, phase: record?.phase };
  }
}

export const ROTATE: Command = { command: 'rotate', trigger: 'manual' };

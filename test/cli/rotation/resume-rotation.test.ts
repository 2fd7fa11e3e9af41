import type { Execution } from '../../../cli/rotation/execution.ts';
import type { Command, RotationRecord } from '../../../contract/rotation.ts';
import { resumeRotation } from '../../../local/run/resume-rotation.ts';
import { CREATE, EXECUTION, GRACE, IDLE } from '../support/records.ts';

/** What a kept environment does at its start, with this record and an execution that is so. */
async function startWith(record: RotationRecord | undefined, status?: Execution['status']) {
  const started: Command[] = [];
  const found = (arn: string): Execution | undefined =>
    status && { arn, status, startedAt: '2026-01-02T03:00:00.000Z' };
  const said = await resumeRotation({
    readRecord: async () => record,
    executions: {
      describe: async (arn) => found(arn),
      start: async (command) => {
        started.push(command);
        return { arn: `${EXECUTION}-2`, status: 'RUNNING', startedAt: '2026-01-02T04:00:00.000Z' };
      },
    },
  });
  return { said, started };
}

test.each<[string, RotationRecord, Execution['status'] | undefined]>([
  ['failed with the emulator', CREATE, 'FAILED'],
  ['was stopped', GRACE, 'ABORTED'],
  ['is unknown', GRACE, undefined],
  ['is none', { ...GRACE, execution: '' }, undefined],
])('a rotation whose execution %s is resumed, and says so', async (_, record, status) => {
  const { said, started } = await startWith(record, status);
  expect(started).toEqual([{ command: 'resume', trigger: 'manual' }]);
  expect(said).toContain(`was interrupted in ${record.phase}`);
  expect(said).toContain('rotate --watch');
});

test.each<[string, RotationRecord | undefined]>([
  ['no record yet', undefined],
  ['no rotation under way', IDLE],
  ['a rotation that goes on', CREATE],
])('%s: starts and prints nothing', async (_, record) => {
  expect(await startWith(record, 'RUNNING')).toEqual({ said: undefined, started: [] });
});

test('leaves a rotation that stopped by itself to a person, with its reason', async () => {
  const stopped = { reason: 'The catalog cannot be rolled.', at: '2026-01-02T03:05:00.000Z', execution: EXECUTION };
  const { said, started } = await startWith({ ...GRACE, execution: '', stopped });
  expect(started).toEqual([]);
  expect(said).toMatch(/grace: The catalog cannot be rolled\.\n.*rotate --resume/);
});

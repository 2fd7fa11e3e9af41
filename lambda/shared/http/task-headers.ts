/** On every response of both services: an opaque ID of the task, and the IDs of the keys that it holds. */
const TASK_HEADER = 'x-quilt-task';
const KEY_IDS_HEADER = 'x-quilt-key-ids';

const TASK = /^[0-9a-f]{16}$/;
const KEY_ID = /^[A-Za-z0-9-]{1,64}\.[A-Za-z0-9_-]{8}$/;

/** The task that a response names; a text of another form is none, since it would go into the report. */
export function taskOf(headers: Headers): string | undefined {
  const task = headers.get(TASK_HEADER) ?? '';
  return TASK.test(task) ? task : undefined;
}

/** The key IDs that a response names; texts of another form are left out, since they would go into the report. */
export function keyIdsOf(headers: Headers): readonly string[] {
  const listed = headers.get(KEY_IDS_HEADER)?.split(',') ?? [];
  return listed.map((keyId) => keyId.trim()).filter((keyId) => KEY_ID.test(keyId));
}

import { Progress } from '../../../cli/change/follow-stack.ts';
import { screenOn } from '../../../cli/terminal.ts';

const STACK = 'quilt-services';

/** All that is written of these events: resource, status and reason. */
function shownOf(events: readonly (readonly [string, string, string?])[], terminal?: { readonly columns: number }) {
  let written = '';
  const write = (text: string) => {
    written += text;
    return true;
  };
  const progress = new Progress(screenOn({ write, isTTY: terminal !== undefined, ...terminal } as NodeJS.WriteStream), [
    'Mcp',
    'Gate',
  ]);
  for (const [index, [resource, status, reason = '']] of events.entries()) {
    const at = `2026-01-02T03:00:0${index % 10}.000Z`;
    progress.show({ id: `${index}`, at, resource, type: 'AWS::Any', status, reason, ofStack: resource === STACK });
    progress.wait();
  }
  progress.end();
  return written;
}

const linesOf = (...parameters: Parameters<typeof shownOf>) =>
  shownOf(...parameters)
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\S+ {2}/, ''));

const QUIET = ['One', 'Two', 'Three'].flatMap(
  (resource) =>
    [
      [resource, 'UPDATE_IN_PROGRESS'],
      [resource, 'UPDATE_COMPLETE'],
    ] as const,
);

test('shows each status of the stack and of changing resources once, and counts other events', () => {
  const lines = linesOf([
    [STACK, 'UPDATE_IN_PROGRESS', 'User Initiated'],
    ['Gate', 'UPDATE_IN_PROGRESS'],
    ['Gate', 'UPDATE_COMPLETE'],
    ...QUIET,
    ['Mcp', 'UPDATE_IN_PROGRESS'],
    [
      'Mcp',
      'UPDATE_IN_PROGRESS',
      'Requested update requires the creation of a new physical resource; hence creating one.',
    ],
    ['Mcp', 'UPDATE_COMPLETE'],
    [STACK, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'],
    ['Mcp', 'DELETE_IN_PROGRESS'],
    ['Mcp', 'DELETE_COMPLETE'],
    [STACK, 'UPDATE_COMPLETE'],
  ]);
  expect(lines).toEqual([
    `${STACK}  UPDATE_IN_PROGRESS`,
    'Gate  UPDATE_IN_PROGRESS',
    'Gate  UPDATE_COMPLETE',
    'Mcp  UPDATE_IN_PROGRESS',
    'Mcp  UPDATE_COMPLETE',
    `${STACK}  UPDATE_COMPLETE`,
    expect.stringMatching(/events of 4 resources that did not change or were cleaned up\.$/),
  ]);
});

test('shows every failure with its reason, and why the stack rolls back', () => {
  const lines = linesOf([
    ['One', 'UPDATE_IN_PROGRESS'],
    ['One', 'UPDATE_FAILED', 'no capacity'],
    [STACK, 'UPDATE_ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to update: [One].'],
    ['Gate', 'UPDATE_IN_PROGRESS'],
    ['Gate', 'UPDATE_COMPLETE'],
    [STACK, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'],
    ['Two', 'DELETE_FAILED', 'in use'],
    [STACK, 'UPDATE_ROLLBACK_COMPLETE'],
  ]);
  expect(lines).toEqual([
    'One  UPDATE_FAILED  no capacity',
    `${STACK}  UPDATE_ROLLBACK_IN_PROGRESS  The following resource(s) failed to update: [One].`,
    'Gate  UPDATE_IN_PROGRESS',
    'Gate  UPDATE_COMPLETE',
    'Two  DELETE_FAILED  in use',
    `${STACK}  UPDATE_ROLLBACK_COMPLETE`,
    expect.stringContaining('1 more events of 1 resource'),
  ]);
});

test('a terminal shows what is in progress, within one line; a pipe gets no escape sequence', () => {
  const events = [['Gate', 'UPDATE_COMPLETE'], ['Mcp', 'UPDATE_IN_PROGRESS'], ...QUIET] as const;
  expect(shownOf(events, { columns: 80 })).toContain('\n1 of 2 resources done; in progress: Mcp …\r\u001b[K');
  expect(shownOf(events, { columns: 30 })).toContain('\n1 of 2 resources done; in pro\r\u001b[K');
  expect(shownOf(events)).not.toContain('\u001b');
});

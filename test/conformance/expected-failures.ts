/** Scenarios that a revision of the protocol requires, frozen at its release: one run of the suite each. */
export type RequirementSet = '2025-11-25' | '2026-07-28';

const ASKS_NOTHING =
  'By design no client is asked anything in the legacy era: with more than one task the answer could reach another one, which ' +
  'knows nothing of the question.';
const NO_TASKS =
  'The extension io.modelcontextprotocol/tasks is optional, not scored, and not offered: every tool answers within its request.';

const ENDED_ON_ONE_TASK =
  'By design, no other task learns of the end of a session: a session grants nothing, and it would take a shared store ' +
  'for every request.';

/**
 * What the suite is known to find, by `scenario` or `scenario:check`, each with its reason. Nothing here is a fault that waits for
 * its repair. An entry that does not fail any more fails the test.
 */
export const EXPECTED_FAILURES: Readonly<Record<RequirementSet, Readonly<Record<string, string>>>> = {
  '2025-11-25': {
    'tools-call-sampling:tools-call-sampling': ASKS_NOTHING,
    'tools-call-elicitation:tools-call-elicitation': ASKS_NOTHING,
    'elicitation-sep1034-defaults:elicitation-sep1034-general': ASKS_NOTHING,
    'elicitation-sep1330-enums:elicitation-sep1330-general': ASKS_NOTHING,
  },
  '2026-07-28': {
    'tasks-lifecycle': NO_TASKS,
    'tasks-capability-negotiation': NO_TASKS,
    'tasks-wire-fields': NO_TASKS,
    'tasks-request-state-removal': NO_TASKS,
    'tasks-mrtr-input': NO_TASKS,
    'tasks-request-headers': NO_TASKS,
    'tasks-dispatch-and-envelope': NO_TASKS,
    'tasks-required-task-error': NO_TASKS,
    'tasks-mrtr-composition': NO_TASKS,
  },
};

/** What it finds besides when its requests go to several processes in turn. */
export const EXPECTED_ON_SEVERAL_PROCESSES: typeof EXPECTED_FAILURES = {
  '2025-11-25': { 'server-session-lifecycle:server-session-terminated-returns-404': ENDED_ON_ONE_TASK },
  '2026-07-28': {},
};

import { Duration } from 'aws-cdk-lib';
import type { Phase, Progress } from '../../contract/rotation.ts';

/** A grace time lasts a day at most; the rest is for roll-outs, and for calls that are repeated. The pace of calls goes by it. */
const MACHINE_TIMEOUT = Duration.days(3);
/** Longer than the function may run: an answer that got lost must not be awaited for ever. */
const CALL_TIMEOUT = Duration.minutes(5);

/** What each phase waits for; a state is named after it, so that the console shows at a glance where a rotation is. */
const WAITS: Readonly<Record<Phase, string>> = {
  createSecret: 'MCP is being replaced, to accept the next key too',
  testSecret: 'Tokens of both keys are tried on every task',
  finishSecret: 'The catalog is being replaced, to sign with the next key',
  grace: 'Tokens of the key before are running out',
  retireSecret: 'Both services are being replaced, to know the next key only',
  repair: 'Both services are being replaced, after a value was put back',
  revokeSecret: 'Both services are being replaced, to know the new key only',
  idle: 'Nothing has begun yet',
};

/**
 * The state machine in Amazon States Language. It knows nothing about rotations: it calls the function, waits as long as the
 * answer says, and calls again. What the function answers is the whole state.
 *
 * @param functionArn - the rotation function
 */
export function rotationDefinition(functionArn: string): object {
  return {
    Comment: 'Calls the rotation function until it says that it is done',
    StartAt: 'Advance',
    TimeoutSeconds: MACHINE_TIMEOUT.toSeconds(),
    States: {
      Advance: advance(functionArn),
      Result: {
        Type: 'Choice',
        Choices: [on('wait', 'Phase'), on('done', 'Done'), on('refused', 'Refused'), on('failed', 'Failed')],
      },
      Phase: {
        Type: 'Choice',
        Choices: Object.keys(WAITS).map((phase) => ({ Variable: '$.phase', StringEquals: phase, Next: phase })),
      },
      ...Object.fromEntries(Object.entries(WAITS).map(([phase, comment]) => [phase, wait(comment)])),
      Done: { Type: 'Succeed' },
      Refused: { Type: 'Succeed', Comment: 'Nothing of what was asked was done, and the answer says why' },
      Failed: { Type: 'Fail', ErrorPath: '$.code', CausePath: '$.message' },
    },
  };
}

function advance(functionArn: string): object {
  return {
    Type: 'Task',
    Comment: 'One call of the rotation function',
    Resource: functionArn,
    Parameters: { 'execution.$': '$$.Execution.Id', 'command.$': '$$.Execution.Input', 'progress.$': '$' },
    TimeoutSeconds: CALL_TIMEOUT.toSeconds(),
    Retry: [
      {
        // Another execution is being answered: one call at a time is what makes the function the only writer.
        ErrorEquals: ['Lambda.TooManyRequestsException'],
        IntervalSeconds: 2,
        BackoffRate: 1.5,
        MaxDelaySeconds: 30,
        MaxAttempts: 200,
        JitterStrategy: 'FULL',
      },
      // Whatever died, the next call reads the record and goes on from there.
      { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 6 },
    ],
    Next: 'Result',
  };
}

function on(result: Progress['result'], next: string): object {
  return { Variable: '$.result', StringEquals: result, Next: next };
}

function wait(comment: string): object {
  return { Type: 'Wait', Comment: comment, SecondsPath: '$.seconds', Next: 'Advance' };
}

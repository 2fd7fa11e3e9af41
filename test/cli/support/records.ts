import type { RotationRecord } from '../../../contract/rotation.ts';

export const MACHINE = 'arn:aws:states:us-east-1:111122223333:stateMachine:quilt-rotation';
export const EXECUTION = 'arn:aws:states:us-east-1:111122223333:execution:quilt-rotation:manual-20260102T030000-beef';

export const CURRENT = {
  thumbprint: 'AAAAAAAA-0000000000000000000000000000000000',
  keyId: 'frontend-enhanced.AAAAAAAA',
  since: '2025-12-01T00:00:00.000Z',
};

export const NEXT = {
  thumbprint: 'BBBBBBBB-0000000000000000000000000000000000',
  keyId: 'frontend-enhanced.BBBBBBBB',
  since: '2026-01-02T03:00:00.000Z',
};

/** A record at rest. */
export const IDLE: RotationRecord = {
  revision: 7,
  phase: 'idle',
  direction: 'forward',
  execution: '',
  phaseSince: '2025-12-01T00:10:00.000Z',
  intended: { signing: CURRENT.thumbprint, accepted: [CURRENT.thumbprint] },
  parameters: { secret: '/quilt/mcp-server/jwt-secret', keySet: '/quilt/mcp-server/jwt-verification-keys' },
  current: CURRENT,
  signingSince: '2025-12-01T00:00:00.000Z',
};

const BOTH = [CURRENT.thumbprint, NEXT.thumbprint];

/** The same rotation, from phase to phase. */
export const CREATE: RotationRecord = {
  ...IDLE,
  phase: 'createSecret',
  execution: EXECUTION,
  phaseSince: '2026-01-02T03:00:00.000Z',
  intended: { signing: CURRENT.thumbprint, accepted: BOTH },
  next: NEXT,
};

export const FINISH: RotationRecord = {
  ...CREATE,
  phase: 'finishSecret',
  intended: { signing: NEXT.thumbprint, accepted: BOTH },
  committedAt: '2026-01-02T03:01:00.000Z',
};

export const GRACE: RotationRecord = {
  ...FINISH,
  phase: 'grace',
  phaseSince: '2026-01-02T03:02:00.000Z',
  grace: { since: '2026-01-02T03:02:00.000Z', seconds: 65 },
};

export const RETIRE: RotationRecord = {
  ...GRACE,
  phase: 'retireSecret',
  intended: { signing: NEXT.thumbprint, accepted: [NEXT.thumbprint] },
};

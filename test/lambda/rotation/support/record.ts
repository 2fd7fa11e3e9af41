import type { RotationRecord } from '../../../../contract/rotation.ts';
import { EXECUTION } from '../../deploy-gate/fake-account.ts';

const SINCE = '2026-01-01T00:00:00.000Z';
const KEY = { thumbprint: 'thumbprint-of-a-key', keyId: 'frontend-enhanced.thumbpri', since: SINCE };

/** A record of a rotation that is under way. */
export const RECORD: RotationRecord = {
  revision: 7,
  phase: 'createSecret',
  direction: 'forward',
  execution: EXECUTION,
  phaseSince: SINCE,
  intended: { signing: KEY.thumbprint, accepted: [KEY.thumbprint] },
  parameters: { secret: '/quilt/secret', keySet: '/quilt/keys' },
  current: KEY,
  signingSince: SINCE,
};

import type { Logger } from '../shared/logger.ts';
import type { Verdict } from './gate.ts';
import type { Metrics } from './metrics/metrics.ts';

/**
 * What the gate decided: who came, with what rights and under which key, or why they were turned away. A token that is known
 * already is worth a line only to somebody who looks for it; the line of what it was used for names its owner anyway.
 */
export function logVerdict(logger: Logger, metrics: Metrics, verdict: Verdict): void {
  switch (verdict.kind) {
    case 'anonymous':
      logger.debug({ event: 'anonymous_request' }, 'a request that needs no token');
      return;
    case 'refused':
      metrics.refused(verdict.refusal.reason);
      logger.warn({ event: 'authentication_failed', reason: verdict.refusal.reason }, verdict.refusal.message);
      return;
    case 'authenticated': {
      const { cacheHit, principal } = verdict;
      metrics.accepted({ cacheHit });
      const level = cacheHit ? 'debug' : 'info';
      if (!logger.isLevelEnabled(level)) return;
      const { claims, keyId } = principal;
      const fields = {
        event: 'authenticated',
        method: 'bearer',
        sub: claims.sub,
        roles: claims.roles,
        permissionCount: claims.permissions.length,
        bucketCount: claims.buckets.length,
        keyId,
        cacheHit,
      };
      logger[level](fields, 'token accepted');
    }
  }
}

import type { Logger } from '../shared/logger.ts';
import type { Verdict } from './gate.ts';

/** One line for each request at the gate: who came, with what rights and under which key, or why it was turned away. */
export function logVerdict(logger: Logger, verdict: Verdict): void {
  switch (verdict.kind) {
    case 'anonymous':
      logger.debug({ event: 'anonymous_request' }, 'a request that needs no token');
      return;
    case 'refused':
      logger.warn({ event: 'authentication_failed', reason: verdict.refusal.reason }, verdict.refusal.message);
      return;
    case 'authenticated': {
      const { claims, keyId } = verdict.principal;
      const fields = {
        event: 'authenticated',
        method: 'bearer',
        sub: claims.sub,
        roles: claims.roles,
        permissionCount: claims.permissions.length,
        bucketCount: claims.buckets.length,
        keyId,
        cacheHit: verdict.cacheHit,
      };
      logger.info(fields, 'token accepted');
    }
  }
}

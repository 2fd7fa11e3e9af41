import { HttpError } from '../../shared/http-error.ts';
import type { Exchange } from '../../shared/http-server.ts';
import type { Logger } from '../../shared/logger.ts';
import type { EdgeReason } from '../reasons.ts';
import { answerPreflight, isPreflight, shareWith } from './cors.ts';
import { createHostCheck } from './own-hosts.ts';

/** What a request passes before anything of it is read. */
export type Edge = {
  /**
   * Judges where a request comes from. Whatever is answered to an allowed origin afterwards may be read by its page.
   *
   * @returns `answered` when it was a preflight, which ends here
   * @throws HttpError 403 with an {@link EdgeReason}
   */
  admit(exchange: Exchange): 'go on' | 'answered';
};

/**
 * Keeps pages of foreign sites out, which a browser would let send requests in the name of whoever looks at them. What is no
 * browser sends no Origin and passes: its token decides.
 *
 * @param options `publicUrl` as clients know the service, whose own origin is always allowed; `allowedOrigins` beside it, each
 *   as a browser writes it
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning
 */
export function createEdge(options: {
  readonly publicUrl: string;
  readonly allowedOrigins: readonly string[];
  readonly logger: Logger;
}): Edge {
  const { publicUrl, allowedOrigins, logger } = options;
  const isOwnHost = createHostCheck(publicUrl);
  const origins: ReadonlySet<string> = new Set([new URL(publicUrl).origin, ...allowedOrigins]);

  /** The value stays out of the log: anything can be in it, a token too. */
  function refusal(reason: EdgeReason, message: string): HttpError {
    logger.warn({ event: 'request_refused', reason }, message);
    return new HttpError(403, reason, message);
  }

  return {
    admit({ request, response }) {
      const { host, origin } = request.headers;
      if (!isOwnHost(host)) throw refusal('host_not_allowed', 'The Host header names another service.');
      if (origin === undefined) return 'go on';
      if (!origins.has(origin)) throw refusal('origin_not_allowed', 'Pages of this origin may not use this service.');
      shareWith(origin, response);
      if (!isPreflight(request)) return 'go on';
      answerPreflight(response);
      return 'answered';
    },
  };
}

import * as z from 'zod';
import { TOKEN_CHECKS, tokenChecks } from '../diagnostics/token-checks.ts';
import { TOKEN_KEY_FIELDS, TOKEN_TIME_FIELDS, tokenKeyOf, tokenTimeOf } from '../diagnostics/token-facts.ts';
import { defineTool } from './define-tool.ts';

const NO_ARGUMENTS = 'This tool takes no argument: it checks the token of the request that calls it, and no other.';

/**
 * Every check that the caller's own token passed, or no longer passes.
 *
 * A token as an argument would stay in the context of a model and in the logs of clients, where it can be used by whoever reads
 * them; and the answer would be about somebody else's rights. So there is no such argument, and a call with one is refused rather
 * than answered about another token than it meant. Why a token is refused, the answer 401 says to whoever shows it.
 */
export const validateJwtToken = defineTool({
  name: 'validate_jwt_token',
  title: 'Check the token',
  description:
    'Checks the access token of this very request, and tells check by check what was found: format, header, key ID, signature, ' +
    'each claim, each time. It takes no token as an argument: never write a token into a conversation. A token that is refused ' +
    'gets HTTP 401 with the reason, and no answer from any tool.',
  permissions: [],
  input: z.strictObject({}, { error: NO_ARGUMENTS }),
  output: z.object({
    valid: z.boolean().describe('Every check passed'),
    checks: z.array(
      z.object({
        check: z.enum(TOKEN_CHECKS),
        verdict: z.enum(['passed', 'failed']),
        reason: z.string().optional().describe('Reason code of a check that failed'),
        detail: z.string().describe('What was found'),
      }),
    ),
    verified: z.enum(['for this request', 'for an earlier request']).describe('When this task looked at the signature'),
    ...TOKEN_KEY_FIELDS,
    ...TOKEN_TIME_FIELDS,
  }),
  run: ({ principal, cacheHit, facts }) => {
    const now = new Date();
    const checks = tokenChecks(principal, facts, now);
    return {
      valid: checks.every(({ verdict }) => verdict === 'passed'),
      checks: checks.map((check) => ({ ...check })),
      verified: cacheHit ? ('for an earlier request' as const) : ('for this request' as const),
      ...tokenKeyOf(principal, facts),
      ...tokenTimeOf(principal.claims, { now, leewaySeconds: facts.leewaySeconds }),
    };
  },
});

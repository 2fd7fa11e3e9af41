import * as z from 'zod';
import { TOKEN_CHECKS, tokenChecks } from '../diagnostics/token-checks.ts';
import { TOKEN_KEY_FIELDS, TOKEN_TIME_FIELDS, tokenKeyOf, tokenTimeOf } from '../diagnostics/token-facts.ts';
import { defineTool } from './define-tool.ts';

const NO_ARGUMENTS = 'This tool takes no arguments. It checks only the token of the request that calls it.';

/**
 * Shows every check of the caller's own token.
 *
 * A token argument would stay in a model's context and in client logs, where anyone who reads them could use it, and the answer would
 * be about another user's rights. So there is no such argument, and a call with one is refused instead of answered about another
 * token. For a refused token, the 401 response has the reason.
 */
export const validateJwtToken = defineTool({
  name: 'validate_jwt_token',
  title: 'Check the token',
  description:
    'Checks the access token of this request and shows the result of each check: format, header, key ID, signature, each ' +
    'claim, each time. It takes no token as an argument: never write a token into a conversation. A refused token gets ' +
    'HTTP 401 with the reason, and no answer from any tool.',
  permissions: [],
  input: z.strictObject({}, { error: NO_ARGUMENTS }),
  output: z.object({
    valid: z.boolean().describe('Every check passed'),
    checks: z.array(
      z.object({
        check: z.enum(TOKEN_CHECKS),
        verdict: z.enum(['passed', 'failed']),
        reason: z.string().optional().describe('Reason code of a check that failed'),
        detail: z.string().describe('Finding'),
      }),
    ),
    verified: z.enum(['for this request', 'for an earlier request']).describe('When this task verified the signature'),
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

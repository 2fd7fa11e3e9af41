import { z } from 'zod';
import { isLoopbackUrl } from './emulator.ts';
import { ConfigurationError, problemsOf } from './errors.ts';
import { origin, rule, text, tokenLifetimeText } from './rules.ts';
import { imageReference } from './service.ts';

/** The values that the CDK's `-c key=value` may give in addition to `environment`. */
export const CONTEXT_KEYS = [
  'publicUrl',
  'registryUrl',
  'tokenLifetime',
  'catalogImage',
  'mcpImage',
  'canary',
  'reason',
] as const;

/** Context as the CDK hands it over: any key may be missing, and nothing is known about a value. */
export type DeployContext = { readonly [Key in (typeof CONTEXT_KEYS)[number]]?: unknown };

const loopbackOrigin = origin(
  rule('A local URL has a scheme and a host and nothing behind them', 'Write a URL such as http://127.0.0.1:8443'),
).refine(
  isLoopbackUrl,
  rule('The local environment is on this machine only', 'Write a loopback URL such as http://127.0.0.1:8443'),
);

const contextSchema = z
  .object({
    publicUrl: loopbackOrigin.optional(),
    registryUrl: loopbackOrigin.optional(),
    /** Seconds. */
    tokenLifetime: tokenLifetimeText.optional(),
    catalogImage: imageReference.optional(),
    mcpImage: imageReference.optional(),
    /** `report` deploys whatever the canary says: break-glass. */
    canary: z
      .enum(
        ['enforce', 'report'],
        rule('The canary decides about a deploy or only reports', "Leave it out, or write 'report' with a reason"),
      )
      .default('enforce'),
    reason: text(
      // CloudFormation gives other characters of a template back as question marks, and then nothing could go back to it.
      /^(?=.*[\x21-\x7e])[\x20-\x7e]{1,200}$/,
      rule(
        'A reason is a text of at most 200 ASCII characters on one line',
        'Write why the deploy cannot wait for a green canary',
      ),
    ).optional(),
  })
  .superRefine(checkBreakGlass);

/** Break-glass needs both options, so that nobody uses it by accident or without a reason. */
function checkBreakGlass(
  { canary, reason }: { canary: 'enforce' | 'report'; reason?: string | undefined },
  context: z.core.$RefinementCtx,
): void {
  const message =
    canary === 'report'
      ? rule('A deploy that only reports its canary has a reason', 'Add -c reason="…"; it is kept with the revision')
      : rule('A reason goes with -c canary=report only', 'Leave it out, or add -c canary=report');
  if ((canary === 'report') !== (reason !== undefined)) {
    context.addIssue({ code: 'custom', path: ['reason'], message });
  }
}

/** Context that passed its checks. */
export type CheckedContext = z.output<typeof contextSchema>;

/**
 * Checks the context of a deployment.
 *
 * @throws ConfigurationError that names each option
 */
export function readContext(context: DeployContext): CheckedContext {
  const result = contextSchema.safeParse(context);
  if (result.success) return result.data;
  throw new ConfigurationError(
    problemsOf(result.error, 'command line').map((problem) => ({ ...problem, key: `-c ${problem.key}` })),
  );
}

/** A deploy that succeeds even if the canary is red, with the reason that its caller gave. */
export interface BreakGlass {
  readonly reason: string;
}

/**
 * Whether this deploy breaks the glass: `-c canary=report -c reason="…"`. It is given on the command line for each
 * deploy and cannot be configured.
 *
 * @throws ConfigurationError when one of the two is missing or wrong
 */
export function readBreakGlass(context: DeployContext): BreakGlass | undefined {
  const { canary, reason } = readContext(context);
  return canary === 'report' && reason !== undefined ? { reason } : undefined;
}

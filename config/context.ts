import { z } from 'zod';
import { isLoopbackUrl } from './emulator.ts';
import { ConfigurationError, problemsOf } from './errors.ts';
import { origin, rule } from './rules.ts';
import { imageReference } from './service.ts';

/** The values that the CDK's `-c key=value` may give beside `environment`. */
export const CONTEXT_KEYS = ['publicUrl', 'registryUrl', 'catalogImage', 'mcpImage'] as const;

/** Context as the CDK hands it over: any key may be missing, and nothing is known about a value. */
export type DeployContext = { readonly [Key in (typeof CONTEXT_KEYS)[number]]?: unknown };

const loopbackOrigin = origin(
  rule('A local URL has a scheme and a host and nothing behind them', 'Write a URL such as http://127.0.0.1:8443'),
).refine(
  isLoopbackUrl,
  rule('The local environment is on this machine only', 'Write a loopback URL such as http://127.0.0.1:8443'),
);

const contextSchema = z.object({
  publicUrl: loopbackOrigin.optional(),
  registryUrl: loopbackOrigin.optional(),
  catalogImage: imageReference.optional(),
  mcpImage: imageReference.optional(),
});

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

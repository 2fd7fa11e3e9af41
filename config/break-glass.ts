import { type DeployContext, readContext } from './context.ts';

/** A deploy that goes through whatever the canary says, as the person who asked for it explains it. */
export interface BreakGlass {
  readonly reason: string;
}

/**
 * Whether this deploy breaks the glass: `-c canary=report -c reason="…"`. It is said on the command line, deploy by deploy, and
 * cannot be configured.
 *
 * @throws ConfigurationError when one of the two is missing or wrong
 */
export function readBreakGlass(context: DeployContext): BreakGlass | undefined {
  const { canary, reason } = readContext(context);
  return canary === 'report' && reason !== undefined ? { reason } : undefined;
}

import type { DeployProperties } from './properties.ts';

/** One deploy of the Services stack, as one event of CloudFormation tells of it. */
export type Deploy = {
  /** The stack, which owns lock and revision. */
  readonly stackArn: string;
  /** The event; the same when it is delivered twice. */
  readonly requestId: string;
  /** Whether the stack is being created, so that there are no services yet. */
  readonly first: boolean;
  readonly properties: DeployProperties;
};

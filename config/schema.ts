import { z } from 'zod';
import type { RoleTable } from '../auth/authorization.ts';
import { AuthError, WEAKNESS_CODES } from '../auth/errors.ts';
import { parseRoleTable } from '../auth/role-table.ts';
import { clusterSchema, encryptionKeySchema, iamSchema, logGroupsSchema } from './account.ts';
import { ciSchema } from './ci.ts';
import { dataAccessSchema } from './data-access.ts';
import { certificateSchema, dnsSchema, loadBalancerSchema, vpcSchema } from './network.ts';
import { canarySchema, operationsSchema, revisionsSchema, rotationSchema } from './operations.ts';
import { origin, rule, section, text, tokenLifetimeSeconds, whole } from './rules.ts';
import { allowedOriginsSchema, catalogSchema, mcpSchema } from './service.ts';

/** The retention times that CloudWatch Logs accepts, in days. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html: 15 levels, 1,011 characters with the ARN. */
const parameterName = text(
  /^(?=.{1,900}$)\/(?!aws|ssm)[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+){0,14}$/i,
  rule(
    'A parameter name is a path of at most 15 levels of letters, digits, _ . - that starts with /, but not with /aws or /ssm',
    'Write a name such as /quilt/mcp-server/jwt-secret',
  ),
);

/** The check that the catalog makes at start, so that a table it would refuse is never deployed. */
function checkRoleTable(table: RoleTable, context: z.core.$RefinementCtx): void {
  try {
    parseRoleTable(JSON.stringify(table));
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    const message = rule(
      error.message.replace(/\.$/, ''),
      "Correct it, or write defaultRoles('<name of the Quilt stack>')",
    );
    context.addIssue({ code: 'custom', message });
  }
}

/**
 * Everything that may differ between two environments. The order is the one in which you fill it in. Keys with a
 * default are optional. Unknown keys are refused.
 */
const keys = section({
  account: text(
    /^\d{12}$/,
    rule('An account is its 12 digits, as a text', "Write the number in quotes, such as '111122223333'"),
  ),
  region: text(/^[a-z]{2,4}(-[a-z]+)+-\d$/, rule('A region is its code', 'Write a code such as us-east-1')),
  /** Begins the name of every stack and of what is named at all, so that two deployments fit into one account. */
  namePrefix: text(
    /^(?!aws|ssm)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    rule(
      'A name prefix has lower-case letters, digits and single hyphens and does not begin with aws or ssm',
      'Write a prefix such as quilt',
    ),
  )
    .max(20, rule('Names that begin with the prefix have to fit AWS limits', 'Write at most 20 characters'))
    .default('quilt'),

  /** The name that browsers and MCP clients use. */
  hostName: text(
    /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
    rule('A host name is in lower case, without scheme, port or path', 'Write a name such as quilt.example.org'),
  ),
  /** Where the catalog answers; anything but https://<hostName> is for the emulator only. */
  publicUrl: origin(
    rule('A public URL has a scheme and a host and nothing behind them', 'Leave the key out: it is https://<hostName>'),
  ).optional(),
  /** Where the name and the proof of a created certificate are kept. */
  dns: dnsSchema,
  certificate: certificateSchema,

  vpc: vpcSchema,
  loadBalancer: loadBalancerSchema,
  cluster: clusterSchema.default({ kind: 'create' }),

  /** What the account demands of every role. */
  iam: iamSchema,

  /** The URL of the Quilt registry, which knows the people, their roles and the buckets. */
  registryUrl: origin(
    rule(
      'A registry URL has a scheme and a host and nothing behind them',
      'Write a URL such as https://registry.example.org',
    ),
  ),
  /** What the registry's roles give; `defaultRoles` of auth/ is the table that Quilt ships. */
  roles: z.custom<RoleTable>().superRefine(checkRoleTable),

  /** The parameter with the secret that the catalog signs with: /<namePrefix>/mcp-server/jwt-secret when left out. */
  signingSecretParameter: parameterName.optional(),
  /**
   * Weaknesses of the value that a running system uses, and that the first deployment adopts all the same. Rotate such a secret
   * soon.
   */
  adoptSecretDespite: z
    .array(
      z.enum(
        WEAKNESS_CODES,
        rule('Only a known weakness of a secret can be accepted', `Write codes of ${WEAKNESS_CODES.join(', ')}`),
      ),
    )
    .refine(
      (codes) => new Set(codes).size === codes.length,
      rule('Each weakness is listed once', 'Remove the second one'),
    )
    .default([]),
  /** The parameter with the keys that are accepted: /<namePrefix>/mcp-server/jwt-verification-keys when left out. */
  keySetParameter: parameterName.optional(),
  /** The key that encrypts both parameters. */
  encryptionKey: encryptionKeySchema.default({ kind: 'create' }),
  tokenLifetimeSeconds: tokenLifetimeSeconds.default(3600),
  /** Difference of clocks that a verifier tolerates. */
  tokenLeewaySeconds: whole(
    0,
    60,
    rule('Clocks may differ by at most a minute', 'Write 0 to 60, 10 unless you know better'),
  ).default(10),

  services: section({ catalog: catalogSchema, mcp: mcpSchema }),
  /** The buckets that the MCP service's tools may reach. */
  dataAccess: dataAccessSchema,
  /** Origins of other sites whose pages may use the MCP service in a browser; the catalog's own always may. */
  allowedOrigins: allowedOriginsSchema,

  canary: canarySchema,
  rotation: rotationSchema,
  revisions: revisionsSchema,

  /** What deploys from a repository's CI; left out, no stack is made for it. */
  ci: ciSchema.optional(),

  operations: operationsSchema,

  /** Where both services log. */
  logGroups: logGroupsSchema.default({ kind: 'create' }),
  /** For how long the log groups that are made here keep what is logged. */
  logRetentionDays: z
    .literal(
      [...RETENTION_DAYS],
      rule('CloudWatch Logs knows certain retention times only', `Write one of ${RETENTION_DAYS.join(', ')}`),
    )
    .default(90),
  /** Refuse to delete the stateful stack, the load balancer and the state table until this is turned off. */
  terminationProtection: z.boolean(rule('Termination protection is on or off', 'Write true or false')).default(true),
});

/** Checks every key by itself. Default names contain the prefix, so that two deployments of one account never share a secret. */
export const keysSchema = keys.transform((environment) => ({
  ...environment,
  signingSecretParameter: environment.signingSecretParameter ?? `/${environment.namePrefix}/mcp-server/jwt-secret`,
  keySetParameter: environment.keySetParameter ?? `/${environment.namePrefix}/mcp-server/jwt-verification-keys`,
}));

/** An environment as a person writes it: defaults may be left out. */
export type EnvironmentInput = z.input<typeof keysSchema>;
/** An environment whose keys are valid, each by itself. */
export type CheckedKeys = z.output<typeof keysSchema>;
/** An environment that passed every check, with every default filled in. */
export type EnvironmentConfig = CheckedKeys & { readonly publicUrl: string };

/**
 * The path, with its final slash, below which a person may leave the next signing secret for a rotation: the only place that
 * the rotation reads a secret from. It deletes the secret afterwards.
 */
export function incomingPath({ namePrefix }: { readonly namePrefix: string }): string {
  return `/${namePrefix}/incoming/`;
}

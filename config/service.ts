import { z } from 'zod';
import { isLoopbackUrl } from './emulator.ts';
import { kinds, rule, section, text, whole } from './rules.ts';
import { serviceEnvironmentSchema } from './service-environment.ts';

/** Repository and digest of an image. */
export const imageReference = text(
  /^[a-z0-9][a-z0-9._/-]*(:\d+)?[a-z0-9._/-]*(:\w[\w.-]{0,127})?@sha256:[0-9a-f]{64}$/,
  rule(
    'An image is named by its digest, because a tag can be moved after it was tested',
    'Write <repository>@sha256:<64 hex digits>',
  ),
)
  // The digest alone decides; a tag beside it is for people.
  .transform((uri) => uri.replace(/:\w[\w.-]{0,127}@/, '@'))
  .refine(
    (uri) => !isUnknownEcrName(uri),
    rule(
      'ECR is named as <account>.dkr.ecr.<region>.amazonaws.com, or no permission is given to pull from it',
      'Write this name of the registry, in China with .cn at the end',
    ),
  );

/** What the image is built for, which is also what Fargate starts it on. */
const platform = z
  .enum(
    ['linux/amd64', 'linux/arm64'],
    rule('Fargate runs linux/amd64 and linux/arm64', "Write 'linux/amd64' or 'linux/arm64'"),
  )
  .default('linux/amd64');

/** Where a service's image comes from: built by CDK from services/<name>/Dockerfile, or given by digest. */
const imageSchema = kinds('An image is of kind', {
  build: { platform },
  reference: {
    /** An ECR repository may be one of another account. */
    uri: imageReference,
    platform,
  },
});
export type ImageConfig = z.output<typeof imageSchema>;

/**
 * Memory in MiB that Fargate offers for each CPU size.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
const FARGATE_MEMORY: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, steps(1024, 4096, 1024)],
  [1024, steps(2048, 8192, 1024)],
  [2048, steps(4096, 16_384, 1024)],
  [4096, steps(8192, 30_720, 1024)],
  [8192, steps(16_384, 61_440, 4096)],
  [16_384, steps(32_768, 122_880, 8192)],
]);

function steps(from: number, to: number, by: number): readonly number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, index) => from + index * by);
}

/** What both services have. */
const common = {
  image: imageSchema,
  /** CPU units: 1024 are one virtual CPU. */
  cpu: z
    .literal(
      [...FARGATE_MEMORY.keys()],
      rule('Fargate knows certain CPU sizes only', `Write one of ${[...FARGATE_MEMORY.keys()].join(', ')}`),
    )
    .default(256),
  memoryMiB: z.int(rule('Memory is a whole number of MiB', 'Write 512 or more')).default(512),
  /** Tasks that run when nothing is being deployed; two keep the service up when a zone is lost. */
  desiredCount: whole(1, 100, rule('A service has 1 to 100 tasks', 'Write 2 unless you know better')).default(2),
  /** The port on which the container listens. */
  port: whole(
    1,
    65_535,
    rule('A port is a number from 1 to 65535', 'Write the port on which the container listens'),
  ).default(8080),
  /** The path that answers 200 as long as a task may get requests. */
  healthPath: text(
    /^\/[\w./~%?&=+:@!$'()*,;-]{0,1023}$/,
    rule('A health path begins with / and has at most 1024 characters', 'Write a path such as /healthz'),
  ).default('/healthz'),
  /** Variables of the container in addition to those that the deployment sets; none may be a secret. */
  environment: serviceEnvironmentSchema,
  /** Directories that the container writes to, empty at its start: everything else of its file system is read-only. */
  writablePaths: z
    .array(
      text(
        /^(?!.*\/\.)(\/[\w.-]+)+$/,
        rule('A writable path is absolute and names a directory below /', 'Write a path such as /tmp'),
      ),
    )
    .max(10, rule('A task has ten writable paths at most', 'List the directories above them'))
    .refine(
      (paths) => new Set(paths).size === paths.length,
      rule('A writable path is listed once', 'Remove the second one'),
    )
    .default([]),
};

/** The catalog's service. */
export const catalogSchema = section(common).superRefine(checkMemory);

/** The MCP service. */
export const mcpSchema = section({
  ...common,
  /** Where the container answers MCP, with or without the final slash: the other spelling may be a redirect. */
  path: text(
    /^(?=.{1,100}$)(\/[\w.~-]+)+\/?$/,
    rule('The path of MCP begins with / and has no wildcard', 'Write a path such as /mcp'),
  ).default('/mcp'),
}).superRefine(checkMemory);
export type ServiceInput = z.input<typeof catalogSchema>;

function checkMemory(
  { cpu, memoryMiB }: { readonly cpu: number; readonly memoryMiB: number },
  context: z.core.$RefinementCtx,
): void {
  const offered = FARGATE_MEMORY.get(cpu) ?? [];
  if (offered.includes(memoryMiB)) return;
  const message = rule(
    'Fargate offers certain amounts of memory for each CPU size only',
    `With cpu ${cpu} write one of ${offered.join(', ')}`,
  );
  context.addIssue({ code: 'custom', path: ['memoryMiB'], message });
}

/** An image in a private repository of ECR: pulling it needs permission, unlike from elsewhere. */
export interface EcrImage {
  readonly account: string;
  readonly region: string;
  /** What the region's names end in, such as `amazonaws.com`. */
  readonly domainSuffix: string;
  readonly repository: string;
  readonly digest: string;
}

const ECR_URI =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.(?<domainSuffix>amazonaws\.(?:com(?:\.cn)?|eu))\/(?<repository>[^@]+)@(?<digest>.+)$/;

/** Every registry of ECR, under whatever name: there are names for FIPS endpoints and for IPv6 too. */
const ANY_ECR = /^\d{12}\.dkr[.-]ecr/;

/** The parts of `<account>.dkr.ecr.<region>.<suffix>/<repository>@<digest>`; undefined for an image of another registry. */
export function parseEcrUri(uri: string): EcrImage | undefined {
  const { account, region, domainSuffix, repository, digest } = ECR_URI.exec(uri)?.groups ?? {};
  if (!account || !region || !domainSuffix || !repository || !digest) return undefined;
  return { account, region, domainSuffix, repository, digest };
}

/** True for ECR under a name that {@link parseEcrUri} does not know, so that no permission would be given to pull from it. */
function isUnknownEcrName(uri: string): boolean {
  return ANY_ECR.test(uri) && parseEcrUri(uri) === undefined;
}

const MESSAGE = rule(
  'An allowed origin is a scheme and a host, with its port where that is not the usual one',
  'Write an origin such as https://assistant.example.org, or one of http on loopback',
);

/** As a browser writes it in its Origin header, with which it is compared as text; a wildcard is not an origin. */
function isOrigin(value: string): boolean {
  if (value.includes('*') || !URL.canParse(value)) return false;
  const { origin, protocol } = new URL(value);
  return origin === value && (protocol === 'https:' || (protocol === 'http:' && isLoopbackUrl(value)));
}

/** Pages, in addition to the catalog's own, that may use the MCP service in a browser. */
export const allowedOriginsSchema = z
  .array(z.string(MESSAGE).refine(isOrigin, MESSAGE), rule('Allowed origins are a list', 'Write [] for none'))
  .max(50, rule('A list that a task definition holds is short', 'List at most 50 origins'))
  .refine(
    (origins) => new Set(origins).size === origins.length,
    rule('An allowed origin is listed once', 'Remove the second one'),
  )
  .default([]);

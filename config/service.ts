import { z } from 'zod';
import { rule, section, text, whole } from './rules.ts';

/** Repository and digest of an image. */
export const imageReference = text(
  /^[a-z0-9][a-z0-9._/-]*(:\d+)?[a-z0-9._/-]*@sha256:[0-9a-f]{64}$/,
  rule(
    'An image is named by its digest, because a tag can be moved after it was tested',
    'Write <repository>@sha256:<64 hex digits>',
  ),
);

/** What the image is built for, which is also what Fargate starts it on. */
const platform = z
  .enum(
    ['linux/amd64', 'linux/arm64'],
    rule('Fargate runs linux/amd64 and linux/arm64', "Write 'linux/amd64' or 'linux/arm64'"),
  )
  .default('linux/amd64');

const builtImage = section({ kind: z.literal('build'), platform });

const referencedImage = section({
  kind: z.literal('reference'),
  /** An ECR repository may be one of another account. */
  uri: imageReference,
  platform,
});

/** Where a service's image comes from: built by CDK from services/<name>/Dockerfile, or given by digest. */
const imageSchema = z.discriminatedUnion(
  'kind',
  [builtImage, referencedImage],
  rule(
    "An image is of kind 'build' or 'reference'",
    "Write { kind: 'build', platform: … } or { kind: 'reference', uri: … }",
  ),
);
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

/** One ECS service. */
export const serviceSchema = section({
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
  healthPath: text(/^\/[\w./-]*$/, rule('A health path begins with /', 'Write a path such as /healthz')).default(
    '/healthz',
  ),
}).superRefine(({ cpu, memoryMiB }, context) => {
  const offered = FARGATE_MEMORY.get(cpu) ?? [];
  if (offered.includes(memoryMiB)) return;
  const message = rule(
    'Fargate offers certain amounts of memory for each CPU size only',
    `With cpu ${cpu} write one of ${offered.join(', ')}`,
  );
  context.addIssue({ code: 'custom', path: ['memoryMiB'], message });
});
export type ServiceInput = z.input<typeof serviceSchema>;

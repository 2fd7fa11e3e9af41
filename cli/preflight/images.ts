import { BatchGetImageCommand, type ECRClient } from '@aws-sdk/client-ecr';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { undefinedOn } from '../aws-failure.ts';
import { resourcesOf, type Template } from '../cloud-assembly.ts';
import { check, type Finding, invalid, notChecked, ok, type Result } from './finding.ts';

/** `<account>.dkr.ecr.<region>.amazonaws.com/<name>`, with a digest or, for images that the CDK built, a tag. */
const ECR_IMAGE =
  /^(?<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(?<repository>[a-z0-9._/-]+)(?:@(?<digest>sha256:[0-9a-f]{64})|:(?<tag>[\w.-]+))$/;

/** The beginning of a digest identifies an image well enough and keeps the line short. */
const DIGEST_SHOWN = 'sha256:'.length + 12;

/** Where images come from. */
export interface ImageSources {
  /** A repository may be in another region. */
  readonly ecrOf: (region: string) => ECRClient;
  /** For the local environment, whose tasks are processes: whether this machine has an image's program. */
  readonly hasImage?: ((image: string) => boolean) | undefined;
}

/**
 * Whether images can be pulled: a task whose image is missing does not start. Only ECR can be queried; images of another
 * registry are reported as not checked.
 *
 * @param images - as in task definitions; may contain duplicates
 */
export function imageFindings(
  images: readonly string[],
  { ecrOf, hasImage }: ImageSources,
): Promise<readonly Finding[]> {
  return Promise.all(
    [...new Set(images)].map(async (image) => {
      const about = `image ${shortened(image)}`;
      return hasImage === undefined
        ? check(about, () => imageResult(image, ecrOf))
        : { about, ...localResult(hasImage(image)) };
    }),
  );
}

function localResult(isThere: boolean): Result {
  if (isThere) return ok('is on this machine');
  return invalid(
    'is not on this machine',
    'Deploy without -c catalogImage and -c mcpImage to build the services of this clone, or name an image of an earlier ' +
      'deployment of this run.',
  );
}

async function imageResult(image: string, ecrOf: ImageSources['ecrOf']): Promise<Result> {
  const { account, region, repository, digest, tag } = ECR_IMAGE.exec(image)?.groups ?? {};
  if (region === undefined || repository === undefined) return notChecked('its registry is not ECR');
  const asked = ecrOf(region).send(
    new BatchGetImageCommand({
      registryId: account,
      repositoryName: repository,
      imageIds: [digest === undefined ? { imageTag: tag } : { imageDigest: digest }],
    }),
  );
  const answer = await undefinedOn(asked, 'RepositoryNotFoundException');
  if (answer === undefined) {
    return invalid(`repository ${repository} does not exist in ${account}, ${region}`, 'Fix the image name.');
  }
  if (answer.images?.length) return ok('exists');
  return invalid('not found in its repository', 'Push it again, or name an image that exists.');
}

function shortened(image: string): string {
  const [name = image, digest] = image.split('@');
  return digest === undefined ? name : `${name}@${digest.slice(0, DIGEST_SHOWN)}`;
}

/**
 * The images of the task definitions of a synthesised template.
 *
 * @returns `given`: by digest, which have to exist already; `built`: by tag, which the CDK builds and pushes when it deploys
 */
export function imagesOf(template: Template, { account, region }: Pick<EnvironmentConfig, 'account' | 'region'>) {
  const { domainSuffix = 'amazonaws.com', partition = 'aws' } = RegionInfo.get(region);
  const pseudoParameters = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': partition,
    'AWS::URLSuffix': domainSuffix,
  };
  const images = resourcesOf(template, 'AWS::ECS::TaskDefinition')
    .flatMap(({ Properties }): readonly { readonly Image?: unknown }[] => {
      const containers = Properties?.ContainerDefinitions;
      return Array.isArray(containers) ? containers : [];
    })
    .map(({ Image }) => textOf(Image, pseudoParameters));
  return {
    given: images.filter((image) => image.includes('@')),
    built: images.filter((image) => !image.includes('@')),
  };
}

/** Resolves pseudo parameters as CloudFormation does; any other reference is replaced by its name. */
function textOf(value: unknown, values: Readonly<Record<string, string>>): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const { Ref, 'Fn::Sub': sub, 'Fn::Join': join } = value as Readonly<Record<string, unknown>>;
  if (typeof Ref === 'string') return values[Ref] ?? Ref;
  if (typeof sub === 'string') return sub.replace(/\$\{([\w:]+)\}/g, (_, name: string) => values[name] ?? name);
  if (Array.isArray(join) && Array.isArray(join[1])) {
    return join[1].map((part) => textOf(part, values)).join(typeof join[0] === 'string' ? join[0] : '');
  }
  return '';
}

import { dirname } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage, CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { builtFile } from '../../config/bundles.ts';
import { type EcrImage, type ImageConfig, parseEcrUri } from '../../config/service.ts';
import type { ServiceName } from '../names.ts';

/** As much of a digest as tells two versions apart for a reader. */
const VERSION_LENGTH = 12;

/** The image of a service: built from its folder, or given by digest. */
export class ServiceImage extends Construct {
  readonly image: ContainerImage;
  readonly cpuArchitecture: CpuArchitecture;
  /** What the service shows as its version: the beginning of the digest of its image, or of all that the image is built from. */
  readonly version: string;

  /** Whether ECS has to sign in to pull it. */
  readonly inEcr: boolean;

  constructor(scope: Construct, id: string, service: ServiceName, config: ImageConfig) {
    super(scope, id);
    const arm = config.platform === 'linux/arm64';
    this.cpuArchitecture = arm ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64;
    const ecr = config.kind === 'reference' ? parseEcrUri(config.uri) : undefined;
    this.inEcr = config.kind === 'build' || ecr !== undefined;
    if (config.kind === 'reference') {
      this.image = ecr ? this.inRepository(ecr) : ContainerImage.fromRegistry(config.uri);
      this.version = config.uri.replace(/^.*@sha256:/, '').slice(0, VERSION_LENGTH);
      return;
    }
    // Its .dockerignore keeps everything but the bundle out, so that nothing else changes the hash.
    const asset = new DockerImageAsset(this, 'Asset', {
      directory: dirname(dirname(builtFile(`services/${service}/dist/server.mjs`))),
      platform: arm ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
      displayName: service,
    });
    this.image = ContainerImage.fromDockerImageAsset(asset);
    this.version = asset.assetHash.slice(0, VERSION_LENGTH);
  }

  /** The repository may be one of another account or region; the role that pulls is allowed this one alone. */
  private inRepository({ account, region, repository, digest }: EcrImage): ContainerImage {
    const arn = Stack.of(this).formatArn({
      service: 'ecr',
      account,
      region,
      resource: 'repository',
      resourceName: repository,
    });
    return ContainerImage.fromEcrRepository(Repository.fromRepositoryArn(this, 'Repository', arn), digest);
  }
}

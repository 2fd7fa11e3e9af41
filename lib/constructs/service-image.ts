import { dirname } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage, CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { builtFile } from '../../config/built-file.ts';
import type { ImageConfig } from '../../config/service.ts';
import type { ServiceName } from '../names.ts';

/** `<account>.dkr.ecr.<region>.amazonaws.com/<name>@<digest>`: whoever pulls it needs permission, unlike from elsewhere. */
const ECR_URI =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(?<name>[^@]+)@(?<digest>.+)$/;

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
    this.inEcr = config.kind === 'build' || ECR_URI.test(config.uri);
    if (config.kind === 'reference') {
      this.image = this.referenced(config.uri);
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

  private referenced(uri: string): ContainerImage {
    if (!this.inEcr) return ContainerImage.fromRegistry(uri);
    const { account = '', region = '', name = '', digest = '' } = ECR_URI.exec(uri)?.groups ?? {};
    const arn = Stack.of(this).formatArn({
      service: 'ecr',
      account,
      region,
      resource: 'repository',
      resourceName: name,
    });
    return ContainerImage.fromEcrRepository(Repository.fromRepositoryArn(this, 'Repository', arn), digest);
  }
}

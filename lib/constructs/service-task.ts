import { dirname } from 'node:path';
import { Stack, Validations } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  type ContainerDefinition,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
  Secret,
} from 'aws-cdk-lib/aws-ecs';
import { Grant, type IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { builtFile } from '../../config/bundles.ts';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { type EcrImage, type ImageConfig, parseEcrUri } from '../../config/service.ts';
import * as variables from '../../contract/service-variables.ts';
import type { FoundationReader } from '../foundation-contract.ts';
import { type ServiceName, serviceName } from '../names.ts';
import { acceptWildcard, logStreamsArn } from '../permissions.ts';
import { allowReading, type SecretParameter, secretParameters } from '../secret-parameters.ts';

export interface ServiceTaskProps {
  readonly service: ServiceName;
  readonly config: EnvironmentConfig;
  readonly foundation: FoundationReader;
  /** Variables of this service, in addition to the common ones. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The task definition of a service: one container whose secrets ECS resolves at its start, with two roles. ECS uses the execution role
 * to pull, log and read the secrets; the task role is the container's own and allows nothing by itself.
 */
export class ServiceTask extends Construct {
  readonly definition: FargateTaskDefinition;
  readonly executionRole: Role;
  readonly taskRole: Role;
  /** The container's image, as in the task definition. */
  readonly image: string;
  readonly #container: ContainerDefinition;

  constructor(scope: Construct, id: string, { service, config, foundation, environment }: ServiceTaskProps) {
    super(scope, id);
    const settings = config.services[service];
    const { image: imageConfig, cpu, memoryMiB, port, healthPath, environment: own, writablePaths } = settings;
    const { image, cpuArchitecture, version, inEcr } = new ServiceImage(this, 'Image', service, imageConfig);
    const logGroup = LogGroup.fromLogGroupName(this, 'Logs', foundation.get(`${service}-log-group`));
    const { signingSecret, keySet } = secretParameters(this, config);

    // Without the conditions of the task role: AWS documents them only for that one, and an execution role that cannot be assumed is an
    // outage.
    this.executionRole = new Role(this, 'ExecutionRole', {
      description: `ECS starts tasks of ${serviceName(config, service)} with it`,
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
    });
    allowReading(this.executionRole, { signingSecret, keySet }, foundation.get('encryption-key-arn'));
    this.taskRole = this.createTaskRole(`Containers of ${serviceName(config, service)}`);
    this.definition = new FargateTaskDefinition(this, 'Definition', {
      family: serviceName(config, service),
      cpu,
      memoryLimitMiB: memoryMiB,
      runtimePlatform: { cpuArchitecture, operatingSystemFamily: OperatingSystemFamily.LINUX },
      executionRole: this.executionRole,
      taskRole: this.taskRole,
    });
    this.#container = this.definition.addContainer(service, {
      image,
      portMappings: [{ containerPort: port }],
      readonlyRootFilesystem: true,
      // Another health path creates new tasks: a wrong one fails the deployment, not the running tasks.
      dockerLabels: { 'health-path': healthPath },
      environment: {
        ...own,
        [variables.PORT]: String(port),
        [variables.LOG_LEVEL]: 'info',
        [variables.QUILT_VERSION]: version,
        [variables.QUILT_CATALOG_URL]: config.publicUrl,
        [variables.QUILT_REGISTRY_URL]: config.registryUrl,
        ...environment,
      },
      secrets: {
        [variables.MCP_ENHANCED_JWT_SECRET]: new ParameterSecret(signingSecret),
        [variables.MCP_ENHANCED_JWT_KEYS]: new ParameterSecret(keySet),
      },
      logging: LogDrivers.awsLogs({ logGroup, streamPrefix: service }),
    });
    writablePaths.forEach((containerPath, index) => {
      const sourceVolume = `writable-${index}`;
      this.definition.addVolume({ name: sourceVolume });
      this.#container.addMountPoints({ containerPath, sourceVolume, readOnly: false });
    });
    this.image = this.#container.imageName;
    this.acknowledgeFindings(logStreamsArn(this, foundation.get(`${service}-log-group`)), inEcr);
  }

  /** Adds variables that are known only once the task role exists. */
  addVariables(variables: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(variables)) this.#container.addEnvironment(name, value);
  }

  /** A role that ECS may assume only for tasks of this account and region (confused deputy). */
  private createTaskRole(description: string): Role {
    const { account } = Stack.of(this);
    return new Role(this, 'TaskRole', {
      description,
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': Stack.of(this).formatArn({ service: 'ecs', resource: '*' }) },
        },
      }),
    });
  }

  private acknowledgeFindings(logStreams: string, inEcr: boolean): void {
    Validations.of(this.definition).acknowledge({
      id: 'AwsSolutions-ECS2',
      reason: 'The variables are public settings; both secrets come by valueFrom.',
    });
    acceptWildcard(
      this.executionRole,
      logStreams,
      'ECS names the log stream after the task, which does not exist yet; the log group is named.',
    );
    if (!inEcr) return;
    acceptWildcard(
      this.executionRole,
      '*',
      'ecr:GetAuthorizationToken is about a registry and knows no resource; the pull itself names its repository.',
    );
  }
}

/** As much of a digest as a reader needs to distinguish versions. */
const VERSION_LENGTH = 12;

/** The image of a service: built from its folder, or given by digest. */
class ServiceImage extends Construct {
  readonly image: ContainerImage;
  readonly cpuArchitecture: CpuArchitecture;
  /** The displayed version: the beginning of the image's digest, or of the hash of its sources. */
  readonly version: string;

  /** Whether ECS must sign in to pull it. */
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
    // .dockerignore excludes all but the bundle, so that nothing else changes the hash.
    const asset = new DockerImageAsset(this, 'Asset', {
      directory: dirname(dirname(builtFile(`services/${service}/dist/server.mjs`))),
      platform: arm ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
      displayName: service,
    });
    this.image = ContainerImage.fromDockerImageAsset(asset);
    this.version = asset.assetHash.slice(0, VERSION_LENGTH);
  }

  /** The repository may be in another account or region; the execution role may pull from this one alone. */
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

/**
 * A secret of a container, by `valueFrom`. Adding it to a container grants nothing: `Secret.fromSsmParameter` would also grant
 * `ssm:GetParameterHistory`, so the execution role gets its permissions from `allowReading`.
 */
class ParameterSecret extends Secret {
  readonly arn: string;
  readonly hasField = false;

  constructor({ arn }: SecretParameter) {
    super();
    this.arn = arn;
  }

  override grantRead(grantee: IGrantable): Grant {
    return Grant.drop(grantee, 'granted by allowReading');
  }
}

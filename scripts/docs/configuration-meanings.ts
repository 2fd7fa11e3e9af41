const RULE_PRIORITIES = {
  rulePriorities: 'Priorities of the two rules that the listener gets.',
  'rulePriorities.mcp': 'Priority of the rule for MCP.',
  'rulePriorities.catalog': 'Priority of the rule for everything else; above that of MCP.',
};

/** What each key of an environment means. The generator refuses a key without a meaning, and a meaning without a key. */
export const MEANINGS: Readonly<Record<string, string>> = {
  account: 'AWS account of the deployment.',
  region: 'AWS Region of the deployment.',
  namePrefix:
    'Start of every stack name and fixed resource name, so that two deployments fit into one account. At most 20 characters.',
  hostName: 'Name that browsers and MCP clients use.',
  publicUrl: 'URL of the catalog. Another value than `https://<hostName>` is for the local environment only.',
  registryUrl: 'URL of the Quilt registry, which knows users, their roles and the buckets.',
  roles:
    'What each role of the registry grants: level, permissions and buckets. `defaultRoles` of `auth/` has those that Quilt ships.',
  signingSecretParameter:
    'SSM parameter of the signing secret. If you leave it out: `/<namePrefix>/mcp-server/jwt-secret`.',
  adoptSecretDespite:
    'Weaknesses of an existing secret with which the first deployment adopts it all the same, by their codes (docs/rotation.md). Rotate such a secret soon.',
  keySetParameter:
    'SSM parameter of the accepted keys. If you leave it out: `/<namePrefix>/mcp-server/jwt-verification-keys`.',
  tokenLifetimeSeconds: "Lifetime of a token. A rotation's grace time is this plus the leeway and 5 s.",
  tokenLeewaySeconds: 'Clock difference that a verifier tolerates.',
  allowedOrigins: "Origins of other sites whose pages may use MCP in a browser. The catalog's own always may.",
  logRetentionDays: 'Retention of the log groups that the deployment creates.',
  terminationProtection: 'Refuses to delete the Foundation stack, the load balancer and the state table.',

  dns: 'Where the host name is managed.',
  "dns.{kind: 'hosted-zone'}": 'a hosted zone of Route 53 in this account gets the records.',
  "dns.{kind: 'hosted-zone'}.hostedZoneId": 'ID of the zone.',
  "dns.{kind: 'hosted-zone'}.zoneName": 'Domain name of the zone, which contains the host name.',
  "dns.{kind: 'outside'}": 'you point the host name to the output `LoadBalancerDnsName`.',
  certificate: 'The certificate for the host name.',
  "certificate.{kind: 'create'}": 'the deployment creates and validates one; needs a hosted zone.',
  "certificate.{kind: 'import'}": 'an issued certificate of ACM.',
  "certificate.{kind: 'import'}.arn": 'ARN of the certificate.',
  "certificate.{kind: 'listener'}": 'the imported listener already has it.',

  vpc: 'The network.',
  "vpc.{kind: 'create'}": 'the deployment creates a VPC with public and private subnets.',
  "vpc.{kind: 'create'}.cidr": 'Address range of the VPC.',
  "vpc.{kind: 'create'}.availabilityZones":
    'At least two zones of the Region. They are listed, not counted, because synthesis makes no lookups.',
  "vpc.{kind: 'create'}.natGateways":
    'Number of NAT gateways. One costs least; one per zone survives the loss of a zone.',
  "vpc.{kind: 'import'}": 'an existing VPC.',
  "vpc.{kind: 'import'}.vpcId": 'ID of the VPC.',
  "vpc.{kind: 'import'}.cidr": 'Address range of the VPC.',
  "vpc.{kind: 'import'}.availabilityZones": 'Zones of the subnets, at least two.',
  "vpc.{kind: 'import'}.privateSubnetIds": 'One private subnet per zone, in the order of the zones.',
  "vpc.{kind: 'import'}.publicSubnetIds":
    'One public subnet per zone. Required only if the deployment creates an internet-facing load balancer.',
  loadBalancer: 'The load balancer in front of both services.',
  "loadBalancer.{kind: 'create'}": 'the deployment creates one.',
  "loadBalancer.{kind: 'create'}.{scheme: 'internet-facing'}": 'it is reachable from the internet.',
  "loadBalancer.{kind: 'create'}.{scheme: 'internal'}": 'it is reachable from the VPC and from `clientCidrs`.',
  "loadBalancer.{kind: 'create'}.{scheme: 'internal'}.clientCidrs":
    'Other address ranges that may connect, such as a VPN or peered networks.',
  ...under("loadBalancer.{kind: 'create'}.{scheme: 'internet-facing'}", RULE_PRIORITIES),
  ...under("loadBalancer.{kind: 'create'}.{scheme: 'internal'}", RULE_PRIORITIES),
  ...under("loadBalancer.{kind: 'import'}", RULE_PRIORITIES),
  "loadBalancer.{kind: 'import'}": 'an existing Application Load Balancer gets two listener rules.',
  "loadBalancer.{kind: 'import'}.scheme": "Scheme of the load balancer: `'internet-facing'` or `'internal'`.",
  "loadBalancer.{kind: 'import'}.listenerArn": 'ARN of its HTTPS listener on port 443.',
  "loadBalancer.{kind: 'import'}.securityGroupId": 'Security group from which requests reach the tasks.',
  "loadBalancer.{kind: 'import'}.addEgress": 'Adds rules to that group through which it reaches the tasks.',
  "loadBalancer.{kind: 'import'}.dnsName": "The load balancer's own DNS name.",
  "loadBalancer.{kind: 'import'}.canonicalHostedZoneId":
    "AWS's hosted zone of that name (not yours). Required only with `dns.kind: 'hosted-zone'`.",
  cluster: 'The ECS cluster of both services.',
  "cluster.{kind: 'create'}": 'the deployment creates one.',
  "cluster.{kind: 'import'}": 'an existing cluster of the same account and Region.',
  "cluster.{kind: 'import'}.name": 'Name of the cluster.',
  iam: 'What your account requires of every role.',
  'iam.permissionsBoundary': 'Managed policy that limits every role of every stack.',
  'iam.rolePath': 'Path of every role of every stack.',

  encryptionKey: 'The KMS key that encrypts both parameters.',
  "encryptionKey.{kind: 'create'}": 'the deployment creates one.',
  "encryptionKey.{kind: 'import'}": 'an existing symmetric key of the same account and Region.',
  "encryptionKey.{kind: 'import'}.arn": 'ARN of the key, not of an alias.',

  services: 'The two services: `<name>` is `catalog` or `mcp`.',
  'services.<name>.image': 'The image of the service.',
  "services.<name>.image.{kind: 'build'}": 'the deployment builds it from `services/<name>/Dockerfile`.',
  "services.<name>.image.{kind: 'build'}.platform": 'Platform of the image and of its tasks.',
  "services.<name>.image.{kind: 'reference'}": 'an image in a registry, by digest.',
  "services.<name>.image.{kind: 'reference'}.uri":
    'Repository and digest; an ECR repository may be in another account.',
  "services.<name>.image.{kind: 'reference'}.platform": 'Platform of the image and of its tasks.',
  'services.<name>.cpu': 'CPU units of a task; 1024 are one vCPU.',
  'services.<name>.memoryMiB': 'Memory of a task in MiB. Fargate offers certain amounts for each CPU size.',
  'services.<name>.desiredCount': 'Number of tasks, 1 to 100. Two survive the loss of a zone.',
  'services.<name>.port': 'Port on which the container listens.',
  'services.<name>.healthPath': 'Path that returns 200 while a task may get requests.',
  'services.<name>.environment': 'Further environment variables. None may be a secret.',
  'services.<name>.writablePaths':
    'Directories that the container writes to, empty at start. The rest of its file system is read-only.',
  'services.mcp.path': 'Path on which the container answers MCP, with or without the slash at its end.',
  dataAccess: 'What the tools of the MCP service may reach in S3 at all. See [data-access.md](../data-access.md).',
  'dataAccess.buckets':
    'Bucket names, or patterns with one `*` after at least three characters, such as `data-*`. At most 200.',
  'dataAccess.accounts': 'Other accounts that may own these buckets. At most 20.',
  'dataAccess.encryptionKeyArns': 'KMS keys that the objects are encrypted with; not needed for `aws/s3`. At most 20.',

  canary: 'The canary. See [canary.md](../canary.md).',
  'canary.connect':
    "What the canary connects to. The load balancer's own name works before your DNS does; the certificate is checked for the host name either way.",
  'canary.buckets': "Buckets in the canary's token.",
  'canary.everyMinutes': 'Interval of the schedule.',
  'canary.tolerate':
    'Checks that may fail without a red verdict. See [their names](../canary.md#checks). They stay in every report.',
  rotation: 'The rotation of the signing secret. See [rotation.md](../rotation.md).',
  'rotation.everyDays': 'Age at which the secret is replaced.',
  'rotation.paused': 'Stops the schedule only: commands and repairs still work.',
  'rotation.rollOutMinutes': 'A rollout of a service that takes longer has failed.',
  revisions: 'The records of deployments. See [rollback.md](../rollback.md).',
  'revisions.keep':
    'Number of revisions to keep with their templates. The revisions that a rollback needs are kept beyond that.',

  ci: 'The GitHub repository that deploys. Without it, there is no `Delivery` stack. See [ci.md](../ci.md).',
  'ci.repository': "Start of the subject of the repository's tokens.",
  'ci.environment': 'GitHub environment whose jobs may deploy. Approvals are required there.',
  'ci.pullRequestDiffs':
    "Compares pull requests with the account. Everyone who may push a branch can then read what the CDK's lookup role reads.",
  'ci.oidcProvider': "GitHub's OIDC provider. An account has one for all repositories.",
  "ci.oidcProvider.{kind: 'create'}": 'the deployment creates it.',
  "ci.oidcProvider.{kind: 'import'}": 'the account already has it.',
  "ci.oidcProvider.{kind: 'import'}.arn": 'ARN of the provider.',
  operations: 'Who receives alarms.',
  'operations.emails': 'Subscribers of the created topic. Each address has to confirm a first message.',
  'operations.topic': 'The SNS topic of the alarms.',
  "operations.topic.{kind: 'create'}": 'the deployment creates one.',
  "operations.topic.{kind: 'import'}": 'an existing topic of the same Region.',
  "operations.topic.{kind: 'import'}.arn": 'ARN of a standard topic, also of another account.',
  logGroups: 'Log groups of both services.',
  "logGroups.{kind: 'create'}": 'the deployment creates them.',
  "logGroups.{kind: 'import'}": 'existing groups of the same account and Region; one group may be both.',
  "logGroups.{kind: 'import'}.catalog": 'Log group of the catalog.',
  "logGroups.{kind: 'import'}.mcp": 'Log group of MCP.',
};

function under(path: string, meanings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(meanings).map(([name, meaning]) => [`${path}.${name}`, meaning]));
}

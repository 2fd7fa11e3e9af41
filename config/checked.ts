import type { CiConfig } from './ci.ts';
import type { DataAccessConfig } from './data-access.ts';
import type { CertificateConfig, DnsConfig, LoadBalancerConfig, VpcConfig } from './network.ts';
import type { EncryptionKeyConfig } from './account.ts';
import type { TopicConfig } from './operations.ts';
import type { ImageConfig } from './service.ts';

/** The keys that rules across keys look at. */
export interface Checked {
  readonly account: string;
  readonly region: string;
  readonly namePrefix: string;
  readonly hostName: string;
  readonly publicUrl?: string | undefined;
  readonly registryUrl: string;
  readonly dns: DnsConfig;
  readonly certificate: CertificateConfig;
  readonly encryptionKey: EncryptionKeyConfig;
  readonly vpc: VpcConfig;
  readonly loadBalancer: LoadBalancerConfig;
  readonly iam: { readonly permissionsBoundary?: string | undefined };
  readonly operations: { readonly emails: readonly string[]; readonly topic: TopicConfig };
  readonly ci?: CiConfig | undefined;
  readonly dataAccess: DataAccessConfig;
  readonly signingSecretParameter: string;
  readonly keySetParameter: string;
  readonly services: {
    readonly catalog: { readonly image: ImageConfig };
    readonly mcp: { readonly image: ImageConfig; readonly path: string };
  };
}

/** Adds a problem with one key. */
export type Refuse = (path: readonly string[], message: string) => void;

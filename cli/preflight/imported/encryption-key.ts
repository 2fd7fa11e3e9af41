import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { type Finding, lookedAt, misfit, ok, unlessNamed } from '../finding.ts';

const ABOUT = 'encryption key';

/** Whether Parameter Store could encrypt under the key: enabled and symmetric. Its policy is not looked at. */
export function encryptionKeyFinding(kms: KMSClient, arn: string): Promise<Finding> {
  return lookedAt(ABOUT, async () => {
    const asked = kms.send(new DescribeKeyCommand({ KeyId: arn }));
    const key = (await unlessNamed(asked, 'NotFoundException'))?.KeyMetadata;
    if (key === undefined) return misfit(ABOUT, 'it does not exist', 'Mend encryptionKey.arn in the configuration.');
    const { KeyState, KeySpec, KeyUsage } = key;
    if (KeyState !== 'Enabled') return misfit(ABOUT, `its state is ${KeyState}`, 'Enable it, or give another one.');
    if (KeySpec === 'SYMMETRIC_DEFAULT' && KeyUsage === 'ENCRYPT_DECRYPT') return ok(ABOUT, 'enabled, symmetric');
    const remedy = 'Give a symmetric key for encryption: Parameter Store takes no other.';
    return misfit(ABOUT, `it is a ${KeySpec} key for ${KeyUsage}`, remedy);
  });
}

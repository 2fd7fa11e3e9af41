import { GetTopicAttributesCommand, type SNSClient } from '@aws-sdk/client-sns';
import { type Finding, lookedAt, misfit, ok, unlessNamed } from '../finding.ts';

const ABOUT = 'alarm topic';

/** Whether the topic is there. Whether its policy lets CloudWatch publish is not looked at. */
export function topicFinding(sns: SNSClient, arn: string): Promise<Finding> {
  return lookedAt(ABOUT, async () => {
    const asked = sns.send(new GetTopicAttributesCommand({ TopicArn: arn }));
    if (await unlessNamed(asked, 'NotFoundException', 'NotFound')) return ok(ABOUT, arn);
    return misfit(ABOUT, `there is no ${arn}`, 'Mend operations.topic in the configuration, or create it.');
  });
}

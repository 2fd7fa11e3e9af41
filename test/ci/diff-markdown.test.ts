import { diffMarkdown } from '../../scripts/ci/diff-markdown.ts';

const DIFFERENCES = [
  'Stack Foundation (quilt-foundation) (aws://111122223333/us-east-1)',
  'There were no differences',
  '',
  'Stack Services (quilt-services) (aws://111122223333/us-east-1)',
  'Resources',
  '[~] AWS::ECS::TaskDefinition Mcp/Task/Definition McpTask replace',
  ' └─ [~] Image',
  '',
  '✨  Number of stacks with differences: 1',
].join('\n');

test('names the stacks that differ, and folds how', () => {
  const lines = diffMarkdown('production', DIFFERENCES).split('\n');
  expect(lines.slice(0, 4)).toEqual([
    '<!-- quiltctl cdk diff: production -->',
    '### cdk diff: production',
    '',
    '1 of 2 stacks differ: Services.',
  ]);
  expect(lines).toContain('[~] AWS::ECS::TaskDefinition Mcp/Task/Definition McpTask replace');
});

test('says so when nothing changes', () => {
  const [same = ''] = DIFFERENCES.split('\n\n');
  expect(diffMarkdown('production', same)).toContain('None of 1 stacks differs.');
});

test('a template cannot close the fence around it, whatever it holds', () => {
  const lines = diffMarkdown('production', `${DIFFERENCES}\n\`\`\`\`\n<h1>not a heading</h1>`).split('\n');
  expect(lines.filter((line) => line === '`````')).toHaveLength(2);
});

test('a long difference is truncated to the size that GitHub accepts, and says so', () => {
  const page = diffMarkdown('production', `${DIFFERENCES}\n${'x'.repeat(100_000)}`);
  expect(page.length).toBeLessThan(65_536);
  expect(page).toContain('Truncated here');
});

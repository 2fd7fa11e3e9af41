import { isActionName } from '../../auth/names.ts';

test.each(['s3:GetObject', 'iam:PassRole', 'execute-api:Invoke', 's3-object-lambda:GetObject'])(
  '%j is the full name of an action',
  (name) => {
    expect(isActionName(name)).toBe(true);
  },
);

test.each([
  '',
  '*',
  's3:*',
  's3:Get*',
  's3:',
  ':GetObject',
  'GetObject',
  'S3:GetObject',
  's3:getObject',
  's3:Get:Object',
  's3:GetObject\n',
  ' s3:GetObject',
  7,
  null,
  ['s3:GetObject'],
])('%j is not', (name) => {
  expect(isActionName(name)).toBe(false);
});

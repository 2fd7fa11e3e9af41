import { diffValues } from '../../../cli/revisions/value-diff.ts';

const roles = (...buckets: string[]) =>
  JSON.stringify({ roles: { Reader: { level: 'read', buckets }, Admin: { level: 'admin', buckets: '*' } } });
const variable = (Name: string, Value: unknown) => ({ Name, Value });
const statement = (Action: string, Resource: unknown) => ({ Effect: 'Allow', Action, Resource });
const joined = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });

test.each<[string, unknown, unknown, readonly object[]]>([
  ['nothing', { a: [1, 'x'] }, { a: [1, 'x'] }, []],
  [
    'a bucket in the JSON of a variable, wherever the variable is',
    [variable('ROLES', roles('one', 'two')), variable('PORT', '1')],
    [variable('PORT', '1'), variable('ROLES', roles('one', 'two', 'three'))],
    [
      { path: 'It[ROLES].Value.roles.Reader.buckets[2]', to: 'three' },
      { path: 'It (order)', from: ['ROLES', 'PORT'], to: ['PORT', 'ROLES'] },
    ],
  ],
  [
    'a variable more and a variable less',
    [variable('OLD', '1'), variable('PORT', '1')],
    [variable('PORT', '1'), variable('NEW', '2')],
    [
      { path: 'It[OLD]', from: variable('OLD', '1') },
      { path: 'It[NEW]', to: variable('NEW', '2') },
    ],
  ],
  ['an item of a list with commas', 'one,two', 'one,three,two', [{ path: 'It[1]', to: 'three' }]],
  ['a list with commas that had one item', 'one', 'one,two', [{ path: 'It[1]', to: 'two' }]],
  ['texts that have nothing in common', 'one', 'two,three', [{ path: 'It', from: 'one', to: 'two,three' }]],
  ['sentences', 'One, two.', 'One, three.', [{ path: 'It', from: 'One, two.', to: 'One, three.' }]],
  [
    'a statement of a policy, which gets another resource and had one',
    [statement('s3:GetObject', 'arn:one'), statement('s3:PutObject', 'arn:one')],
    [statement('s3:GetObject', ['arn:one', 'arn:two']), statement('s3:PutObject', 'arn:one')],
    [{ path: 'It[0].Resource[1]', to: 'arn:two' }],
  ],
  [
    'a statement of a policy more, before the others',
    [statement('s3:GetObject', 'arn:one'), statement('s3:PutObject', 'arn:one')],
    [statement('s3:ListBucket', 'arn:one'), statement('s3:GetObject', 'arn:one'), statement('s3:PutObject', 'arn:one')],
    [{ path: 'It[0]', to: statement('s3:ListBucket', 'arn:one') }],
  ],
  [
    'items whose order counts',
    ['node', 'server.mjs', '--verbose'],
    ['--verbose', 'node', 'server.mjs'],
    [
      { path: 'It[0]', to: '--verbose' },
      { path: 'It[2]', from: '--verbose' },
    ],
  ],
  [
    'an item in place of another',
    ['node', 'a.mjs'],
    ['node', 'b.mjs'],
    [{ path: 'It[1]', from: 'a.mjs', to: 'b.mjs' }],
  ],
  [
    'JSON that CloudFormation puts together',
    joined('{"arn":"', { 'Fn::GetAtt': ['Role', 'Arn'] }, '","more":[1]}'),
    joined('{"arn":"', { 'Fn::GetAtt': ['Role', 'Arn'] }, '","more":[1,2]}'),
    [{ path: 'It.more[1]', to: 2 }],
  ],
  [
    'a reference in such JSON',
    joined('{"arn":"', { Ref: 'One' }, '"}'),
    joined('{"arn":"', { Ref: 'Two' }, '"}'),
    [{ path: 'It.arn.Ref', from: 'One', to: 'Two' }],
  ],
  [
    'JSON in JSON',
    JSON.stringify({ a: '{"b":1}' }),
    JSON.stringify({ a: '{"b":2}' }),
    [{ path: 'It.a.b', from: 1, to: 2 }],
  ],
  ['JSON that is written another way', '{"a":1}', '{ "a": 1 }', [{ path: 'It', from: '{"a":1}', to: '{ "a": 1 }' }]],
  ['what is JSON on one side only', '{"a":1}', '{"a":', [{ path: 'It', from: '{"a":1}', to: '{"a":' }]],
  ['a name with a full stop', { 'a.b': 1 }, { 'a.b': 2 }, [{ path: 'It["a.b"]', from: 1, to: 2 }]],
  [
    'a list that is longer, of what has no name',
    [{ Port: 1 }],
    [{ Port: 2 }, { Port: 3 }],
    [
      { path: 'It[0]', from: { Port: 1 } },
      { path: 'It[0]', to: { Port: 2 } },
      { path: 'It[1]', to: { Port: 3 } },
    ],
  ],
])('%s', (_, from, to, differences) => {
  expect(diffValues('It', from, to)).toEqual(differences);
});

import { parseProperties } from '../../../lambda/secret-parameter/properties.ts';
import { KEY_ARN, PROPERTIES } from './memory-store.ts';

test('gives the properties without what CloudFormation adds', () => {
  const ServiceToken = 'arn:aws:lambda:us-east-1:111122223333:function:f';
  expect(parseProperties({ ...PROPERTIES, ServiceToken, ServiceTimeout: '120' })).toEqual({
    ...PROPERTIES,
    AdoptDespite: [],
  });
});

test.each([
  ['plain names', { SecretParameterName: 'secret', KeySetParameterName: 'keys' }],
  ['an exception', { AdoptDespite: ['secret_quoted'] }],
  ['an alias of GovCloud', { EncryptionKeyArn: 'arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/quilt/secret' }],
])('accepts %s', (_, properties) => {
  expect(parseProperties({ ...PROPERTIES, ...properties })).toMatchObject(properties);
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['a missing name', { SecretParameterName: undefined }, /SecretParameterName must be the name of an SSM parameter/],
  ['a name of another type', { KeySetParameterName: ['a'] }, /KeySetParameterName must be/],
  ['a selector', { SecretParameterName: '/quilt/secret:2' }, /SecretParameterName must be/],
  ['a name that is too long', { SecretParameterName: `/${'a'.repeat(1_011)}` }, /at most 1,011/],
  ['an ARN of something else', { EncryptionKeyArn: KEY_ARN.replace(':kms:', ':ssm:') }, /EncryptionKeyArn must be/],
  ['one name for both', { KeySetParameterName: PROPERTIES.SecretParameterName }, /two different parameters/],
  ['an unknown weakness', { AdoptDespite: ['secret_short'] }, /AdoptDespite must be a list of weaknesses/],
  ['a weakness that is no list', { AdoptDespite: 'secret_quoted' }, /AdoptDespite must be/],
  ['a weakness twice', { AdoptDespite: ['secret_quoted', 'secret_quoted'] }, /each once/],
  ['a misspelt property', { EncryptionKeyARN: KEY_ARN }, /Unknown property EncryptionKeyARN/],
])('refuses %s', (_, properties, reason) => {
  expect(() => parseProperties({ ...PROPERTIES, ...properties })).toThrow(reason);
});

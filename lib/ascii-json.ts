/**
 * JSON in ASCII. CloudFormation takes other characters in a template and gives them back as question marks, so that a template
 * with them could not be kept and deployed again.
 * https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/814
 */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

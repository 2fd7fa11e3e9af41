/**
 * JSON in ASCII. CloudFormation accepts other characters in a template but returns them as question marks, so such a template could
 * not be stored and deployed again.
 * https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/814
 */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

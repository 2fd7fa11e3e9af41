const ACTION_NAME = /^[a-z][a-z0-9-]*:[A-Z][A-Za-z0-9]*$/;

/**
 * Tells whether a value is the full name of an IAM action, `service:Action`. Wildcards are not: permissions are compared as
 * they stand. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function isActionName(value: unknown): value is string {
  return typeof value === 'string' && ACTION_NAME.test(value);
}

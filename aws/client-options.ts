/**
 * Options for every AWS client of the functions.
 *
 * By default the SDK waits forever, and a function that times out sends no response: CloudFormation would wait for its custom resource.
 * With these options a call ends within 15 s, and the four calls of the secret's custom resource and its response within its timeout.
 */
export const AWS_CLIENT_OPTIONS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
} as const;

/**
 * Options for every AWS client of the functions.
 *
 * The SDK waits for ever by default, and a function that times out sends no response: CloudFormation would wait
 * for its custom resource. With these, a call ends within 15 s, and the four of the secret's custom resource with its response
 * within the time that it has.
 */
export const AWS_CLIENT_OPTIONS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
} as const;

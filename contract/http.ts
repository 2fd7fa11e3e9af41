/** What the services, their canary and their load balancer agree on. Synthesis imports this file, so it imports nothing. */

/** On every response of both services: an opaque ID of the task, 16 hexadecimal digits. */
export const TASK_HEADER = 'X-Quilt-Task';
/** On every response of both services: the IDs of the keys that the task signs with or accepts, separated by commas. */
export const KEY_IDS_HEADER = 'X-Quilt-Key-Ids';

/** Where protected-resource metadata is, with the path of a resource behind it or without (RFC 9728 section 3.1). */
export const WELL_KNOWN_PATH = '/.well-known/oauth-protected-resource';

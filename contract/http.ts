/** Shared by the services, their canary and their load balancer. Imported by synthesis, so it imports nothing. */

/** On every response of both services: an opaque ID of the task, 16 hexadecimal digits. */
export const TASK_HEADER = 'X-Quilt-Task';
/** On every response of both services: the IDs of the keys that the task signs with or accepts, separated by commas. */
export const KEY_IDS_HEADER = 'X-Quilt-Key-Ids';

/** Path of protected-resource metadata, with or without the path of a resource after it (RFC 9728 section 3.1). */
export const WELL_KNOWN_PATH = '/.well-known/oauth-protected-resource';

/**
 * Where protected-resource metadata is found: of the root, and with the path of a resource behind it (RFC 9728 section 3.1).
 * Synthesis imports this file, so it imports nothing.
 */
export const WELL_KNOWN_PATH = '/.well-known/oauth-protected-resource';

/** The whole header but the key ID. HS256 and nothing else: an algorithm that is chosen by the token is chosen by its author. */
export const TOKEN_HEADER = { alg: 'HS256', typ: 'JWT' } as const;

/** 8 KiB, half of what Node's HTTP server takes as headers in all. A token is ASCII: its characters are bytes. */
export const MAX_TOKEN_BYTES = 8192;

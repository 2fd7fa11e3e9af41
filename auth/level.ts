/** What a token allows at most, each level including the ones before it. */
export type Level = 'read' | 'write' | 'admin';

/** The levels, lowest first. */
export const LEVELS: readonly Level[] = ['read', 'write', 'admin'];

/** Tells whether a value names a level. */
export function isLevel(value: unknown): value is Level {
  return LEVELS.some((level) => level === value);
}

/** The higher of two levels. */
export function higherLevel(one: Level, other: Level): Level {
  return LEVELS.indexOf(one) < LEVELS.indexOf(other) ? other : one;
}

/**
 * The `scope` claim of a level (RFC 8693, section 4.2): the level and all that it includes, so that a check for `read` passes
 * at every level.
 *
 * @returns `read`, `read write` or `read write admin`
 */
export function scopeOf(level: Level): string {
  return LEVELS.slice(0, LEVELS.indexOf(level) + 1).join(' ');
}

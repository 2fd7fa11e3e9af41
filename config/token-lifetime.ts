import { rule, text, whole } from './rules.ts';

const message = rule('A token lives for ten seconds to 24 hours', 'Write 10 to 86400, 3600 unless you know better');

/** How long a token lives, in seconds. Short ones are for trying a rotation out: its grace time lasts as long. */
export const tokenLifetimeSeconds = whole(10, 86_400, message);

/** The same as a text, which is what the command line gives. */
export const tokenLifetimeText = text(/^\d{1,5}$/, message)
  .transform(Number)
  .pipe(tokenLifetimeSeconds);

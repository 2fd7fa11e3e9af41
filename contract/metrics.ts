/** Names of the metrics of the rotation, for whoever writes them and whoever watches them; imported by synthesis, so it imports nothing. */

/** Their namespace. Each has the dimension `Deployment`: the name prefix. */
export const TRUST_NAMESPACE = 'Quilt/Trust';
/** Counts values that somebody wrote over a parameter and that were put back. */
export const SECRET_REPAIRED = 'SecretRepaired';
/** Age of the signing secret in days, written by every scheduled run. */
export const SECRET_AGE_DAYS = 'SecretAgeDays';

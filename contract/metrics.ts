/** Names of the metrics of the rotation. Imported by synthesis, so it imports nothing. */

/** Their namespace. Each has the dimension `Deployment`: the name prefix. */
export const TRUST_NAMESPACE = 'Quilt/Trust';
/** Counts foreign values of a parameter that were replaced with the recorded one. */
export const SECRET_REPAIRED = 'SecretRepaired';
/** Age of the signing secret in days, written by every scheduled run. */
export const SECRET_AGE_DAYS = 'SecretAgeDays';

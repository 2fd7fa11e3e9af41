/** The namespace of the metrics that the functions write, each with the dimension `Deployment`: the name prefix. */
export const TRUST_NAMESPACE = 'Quilt/Trust';
/** Counts values that somebody wrote over a parameter and that were put back. */
export const SECRET_REPAIRED = 'SecretRepaired';
/** Age of the signing secret in days, written by every scheduled run. */
export const SECRET_AGE_DAYS = 'SecretAgeDays';

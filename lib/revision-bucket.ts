export { REVISION_TEMPLATES } from '../contract/revision.ts';

/** Where a rollback puts the template that CloudFormation is to read. */
export const PREPARED_TEMPLATES = 'prepared/';

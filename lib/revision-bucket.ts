export { REVISION_TEMPLATES } from '../lambda/shared/revision-template-key.ts';

/** Where a rollback puts the template that CloudFormation is to read. */
export const PREPARED_TEMPLATES = 'prepared/';

import { execFileSync } from 'node:child_process';
import { EXIT } from '../cli/exit-codes.ts';

/**
 * What a deploy job does first: ends the job when its commit is not the newest of the branch any more. GitHub says which commit and
 * branch it is for, in the variables that every job has.
 */
const { GITHUB_REPOSITORY = '', GITHUB_REF_NAME = '', GITHUB_SHA = '' } = process.env;
const branch = `repos/${GITHUB_REPOSITORY}/commits/heads/${GITHUB_REF_NAME}`;
const newest = execFileSync('gh', ['api', branch, '--jq', '.sha'], { encoding: 'utf8' }).trim();
if (GITHUB_SHA === '' || newest !== GITHUB_SHA) {
  process.stderr.write(
    `This job is for commit ${GITHUB_SHA || '(none)'}, but ${GITHUB_REF_NAME} is at ${newest}. Nothing was deployed: the job of the ` +
      'newest commit deploys both.\n',
  );
  process.exitCode = EXIT.refused;
}

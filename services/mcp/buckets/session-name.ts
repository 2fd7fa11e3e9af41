import { hash } from 'node:crypto';

/**
 * What STS accepts as a session name and as a source identity.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
const ACCEPTED = /^[A-Za-z0-9_+=,.@-]{2,64}$/;
const HASHED = 'sha256=';

/**
 * How a person is called in CloudTrail: by the token's `sub`, as it is where STS accepts it. Else it is `sha256=` with the
 * SHA-256 of its UTF-8 bytes in base64url (RFC 4648 section 5), which an auditor can compute too. A `sub` that looks like such a
 * hash is hashed as well, so that nobody can be called like somebody else.
 */
export function sessionNameOf(subject: string): string {
  if (ACCEPTED.test(subject) && !subject.startsWith(HASHED)) return subject;
  return HASHED + hash('sha256', subject, 'base64url');
}

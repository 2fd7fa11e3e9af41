import { CHECK_NAMES, type CheckName } from '../../contract/canary-report.ts';
import { CheckFailure, REASON_NAMES, type ReasonName } from '../../lambda/canary/fault.ts';
import { code, entries, table } from './markdown.ts';

// What each check and each reason means. The compiler misses no name: a new one needs its line here.

/** Parameters and reachability. */
const PARAMETERS = {
  'parameters-valid': 'The signing secret and the key set are readable and valid, and the secret is in the set.',
  'parameters-as-recorded': 'Both parameters hold what the rotation wrote last.',
  'mcp-reachable': 'An MCP server answers at the endpoint, even if only to refuse the request.',
  'catalog-reachable': 'The catalog serves its page.',
} as const satisfies Partial<Record<CheckName, string>>;

/** Valid tokens are accepted. */
const ACCEPTED = {
  'initialize-without-token': 'A session opens without a token, as it does in a browser.',
  'tools-list-with-token': 'With a valid token, the notification and `tools/list` succeed and list a tool.',
  'expected-tools-listed': '`discover_buckets` and `jwt_diagnostics` are listed.',
  'tool-call-with-token': '`discover_buckets` returns a result without an error.',
  'identity-from-token': 'Each request runs with the identity and buckets of its own token.',
} as const satisfies Partial<Record<CheckName, string>>;

/** Other tokens are refused with 401. */
const REFUSED = {
  'no-token-refused': 'no token, on a session that never had one',
  'garbage-token-refused': 'text that is not a token',
  'other-key-refused': 'a token signed with another key, under an accepted key ID',
  'unknown-key-id-refused': 'a token signed with the right key, under a key ID that is not in the set',
  'expired-token-refused': 'a token that expired an hour ago',
  'not-yet-valid-token-refused': 'a token that becomes valid in an hour',
  'wrong-audience-refused': 'a token for another service',
  'wrong-issuer-refused': 'a token from another issuer',
  'alg-none-refused': 'an unsigned token (`alg: none`)',
  'other-algorithm-refused': 'a token signed with HS512 and the right key',
  'compressed-claims-refused': 'a token with the short claim names of older versions',
  'session-id-alone-refused': 'the ID of a session that a token opened, without a token',
} as const satisfies Partial<Record<CheckName, string>>;

/** No exposed secret, and tasks that agree. */
const TASKS = {
  'no-secret-in-public-files': 'No public file contains the signing secret or a key of the set.',
  'all-tasks-seen': 'As many tasks of each service answered as ECS runs, and no rollout is in progress.',
  'every-key-accepted': 'Each MCP task accepts a token signed with each key of the set.',
  'tasks-agree': 'All MCP tasks accept the same keys, and all catalog tasks sign with the same key.',
  'key-ids-agree': 'Each catalog task signs with a key that each MCP task accepts.',
  'tasks-hold-parameters': 'Each task holds what the parameters hold: MCP the key set, the catalog the secret.',
} as const satisfies Partial<Record<CheckName, string>>;

/** What a failed check saw, and what to do. */
const REASONS = {
  'parameter-unreadable': ['SSM refused or did not answer', 'Check role, network, KMS key policy.'],
  'parameter-invalid': ['missing, invalid, or secret not in the set', 'See [below](#invalid-parameters).'],
  'record-unreadable': ["the rotation's record is unreadable", 'Check role, network, item `rotation`.'],
  'foreign-value': ['a value that the rotation did not write', 'See [below](#invalid-parameters).'],
  unreachable: ["no connection (with Node.js's error code)", 'Check DNS, listener, security groups.'],
  certificate: ['not for this host, or not trusted', "Check the listener's certificate."],
  'time-out': ['no complete answer within 5 s', 'Check that tasks run.'],
  redirected: ['3xx; the canary follows no redirect', 'Serve both `/mcp` and `/mcp/`.'],
  'redirected-to-http': ['3xx to HTTP, which exposes the token', 'Trust `X-Forwarded-Proto`.'],
  'not-mcp': ['HTML, 404 or 405: the catalog answers', 'Check the rules for `/mcp`, `/mcp/*`.'],
  'server-error': ['5xx', 'Check target health, service log.'],
  'token-demanded': ['401 or 403 where no token is needed', 'Check the image and its proxy.'],
  'token-refused': ['401 or 403 for a valid token', 'Compare key IDs, then redeploy.'],
  'mcp-error': ['an MCP error, or an invalid MCP answer', "Check the service's log."],
  'no-tools': ['the list of tools is empty', 'Check which image runs.'],
  'tools-missing': ['expected tools are not listed', 'Check which image runs.'],
  'tool-error': ['the tool failed', "Check the service's log."],
  'identity-mismatch': ["another identity than the token's", 'Take the image out of service.'],
  accepted: ['a request that must be refused succeeded', 'Replace the image.'],
  'wrong-status': ['refused, but not with 401', 'Fix the image.'],
  'no-page': ['`GET /` returned no page', 'Check the default rule, the image.'],
  'secret-exposed': ['a public file has the secret or a key', 'Treat the secret as stolen.'],
  'no-tasks': ['ECS runs no task of a service', "Check the service's events."],
  'tasks-uncounted': ['ECS refused or did not answer', 'Check the log, role and network.'],
  'tasks-unseen': ['fewer tasks than run, or tasks replaced', 'Check target health, service events.'],
  'tasks-disagree': ['two tasks of a service hold other keys', 'Redeploy the service.'],
  'key-mismatch': ["the catalog's key is not accepted by MCP", 'Redeploy both, MCP first.'],
  'tasks-outdated': ['a task holds other keys than SSM', 'Redeploy the service.'],
  'not-provable': ['a service or ECS does not say enough', 'See [images](#images-that-you-bring).'],
  unexpected: ['a bug in the canary', 'Report it with the log line.'],
} as const satisfies Readonly<Record<ReasonName, readonly [seen: string, remedy: string]>>;

const GROUPS: readonly Partial<Readonly<Record<CheckName, string>>>[] = [PARAMETERS, ACCEPTED, REFUSED, TASKS];
const ALL: Readonly<Record<CheckName, string>> = { ...PARAMETERS, ...ACCEPTED, ...REFUSED, ...TASKS };

/** The checks of one section, in the order of the report. */
function checks(group: (typeof GROUPS)[number]): string {
  return entries(CHECK_NAMES.filter((name) => name in group).map((name) => ({ name, sentences: [ALL[name]] })));
}

function refused(): string {
  const names = CHECK_NAMES.filter((name) => name in REFUSED);
  return table(
    ['check', 'must be refused'],
    names.map((name) => [code(name), ALL[name]]),
  );
}

function reasons(): string {
  return entries(
    REASON_NAMES.map((name) => {
      const { settles } = new CheckFailure(name, '');
      return { name, ...(settles && { note: '↻' }), sentences: REASONS[name] };
    }),
  );
}

/** The blocks of docs/canary.md. */
export const canaryBlocks = {
  'canary-checks-parameters': () => checks(PARAMETERS),
  'canary-checks-accepted': () => checks(ACCEPTED),
  'canary-checks-refused': refused,
  'canary-checks-tasks': () => checks(TASKS),
  'canary-reasons': reasons,
};

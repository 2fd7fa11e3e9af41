import * as z from 'zod';

const TIMEOUT_MS = 5_000;

/** A single query, so that user, roles and buckets are consistent. */
const QUERY = '{ me { name email role { name } roles { name } } bucketConfigs { name } }';

const Named = z.object({ name: z.string() });
const Answer = z.object({
  data: z.object({
    me: z.object({ name: z.string().min(1), role: Named.nullish(), roles: z.array(Named).nullish() }).nullable(),
    bucketConfigs: z.array(Named),
  }),
});

/** A signed-in user, as the registry knows them now. */
export type RegistryAccount = {
  readonly name: string;
  /** The role that the user switched to; `undefined` for a registry without role switching. */
  readonly activeRole: string | undefined;
  /** Every role that the user may switch to. */
  readonly roles: readonly string[];
  /** The catalog's buckets that the user can see. */
  readonly buckets: readonly string[];
};

export type RegistryErrorCode = 'login_required' | 'registry_unreachable' | 'registry_answer_invalid';

/** Why the registry did not identify the caller. The message contains nothing of the login token. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Asks the registry who a login token belongs to. Only the registry can verify it.
 *
 * @param registryUrl without a trailing slash
 * @param timeoutMs for the whole exchange
 * @throws RegistryError when the registry does not identify the caller
 */
export async function readRegistryAccount(
  registryUrl: string,
  loginToken: string,
  timeoutMs = TIMEOUT_MS,
): Promise<RegistryAccount> {
  const parsed = Answer.safeParse(await ask(`${registryUrl}/graphql`, loginToken, timeoutMs));
  if (!parsed.success) {
    throw new RegistryError('registry_answer_invalid', 'The registry did not return a user and buckets.');
  }
  const { me, bucketConfigs } = parsed.data.data;
  if (me === null) throw loginRequired();
  return {
    name: me.name,
    activeRole: me.role?.name,
    roles: (me.roles ?? []).map(({ name }) => name),
    buckets: bucketConfigs.map(({ name }) => name),
  };
}

async function ask(url: string, loginToken: string, timeoutMs: number): Promise<unknown> {
  const text = await post(url, loginToken, timeoutMs);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function post(url: string, loginToken: string, timeoutMs: number): Promise<string> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${loginToken}`,
        'content-type': 'application/json',
        accept: 'application/json',
      },
      body: JSON.stringify({ query: QUERY }),
      // A redirect would send the login token to another address.
      redirect: 'error',
      signal: timeout,
    });
    if (answer.status === 401 || answer.status === 403) throw loginRequired();
    if (answer.status >= 500) throw unreachable(`answered ${answer.status}`);
    return await answer.text();
  } catch (error) {
    if (error instanceof RegistryError) throw error;
    // The message of a fetch error may quote a header, so it is dropped.
    throw unreachable(timeout.aborted ? 'did not answer in time' : 'cannot be reached');
  }
}

function loginRequired(): RegistryError {
  return new RegistryError('login_required', 'The registry does not accept this login. Sign in again.');
}

function unreachable(how: string): RegistryError {
  return new RegistryError('registry_unreachable', `The registry ${how}. Try again in a moment.`);
}

/**
 * The roles a token is minted for.
 *
 * A user acts in one role at a time: switching roles changes what the next token allows, so roles that are merely available do not
 * count. A registry that names no active role has no switching; all roles of the user apply at once and are merged.
 */
export function grantedRoles({ activeRole, roles }: RegistryAccount): readonly string[] {
  return activeRole === undefined ? roles : [activeRole];
}

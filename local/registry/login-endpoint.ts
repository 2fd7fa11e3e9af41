import * as z from 'zod';
import { HttpError, requireMethod, sendJson } from '../../services/shared/http-messages.ts';
import type { RequestHandler } from '../../services/shared/http-server.ts';
import type { LoginTokens } from './login-tokens.ts';
import { PEOPLE } from './people.ts';
import { readJson } from './read-json.ts';

const Login = z.object({ username: z.string(), password: z.string() });

/** `POST /api/login`: a login token for who can repeat their own name. */
export function createLoginEndpoint(tokens: LoginTokens): RequestHandler {
  return async ({ request, response }) => {
    requireMethod(request, ['POST']);
    const login = Login.safeParse(await readJson(request));
    if (!login.success) throw new HttpError(400, 'login_malformed', 'Send {"username": "…", "password": "…"} as JSON.');
    const { username, password } = login.data;
    const person = PEOPLE.find(({ name }) => name === username && name === password);
    if (person === undefined) {
      throw new HttpError(
        401,
        'login_refused',
        'Unknown name or password. Here the password is the name: alice, bob, carol.',
      );
    }
    sendJson(response, 200, { token: await tokens.issue(person) }, { 'cache-control': 'no-store' });
  };
}

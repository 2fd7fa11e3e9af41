import type { IncomingMessage } from 'node:http';
import { buildSchema, graphql } from 'graphql';
import * as z from 'zod';
import { HttpError, readBearerToken, requireMethod, sendJson } from '../../services/shared/http-messages.ts';

import type { RequestHandler } from '../../services/shared/http-server.ts';
import { readBody } from '../../services/shared/read-body.ts';

import { type LoginTokens, PEOPLE } from './login-tokens.ts';

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

const SCHEMA = buildSchema(`
  type Role { name: String! }
  type Me { name: String! email: String! role: Role roles: [Role!]! }
  type BucketConfig { name: String! }
  type Query { me: Me bucketConfigs: [BucketConfig!]! }
`);

const Body = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });

/** The part of a registry's GraphQL that the catalog service asks: who is this, and which buckets are there. */
export function createGraphqlEndpoint(tokens: LoginTokens, buckets: readonly string[]): RequestHandler {
  return async ({ request, response }) => {
    requireMethod(request, ['POST']);
    const { kind, person } = await callerOf(request, tokens);
    // No token is a visitor, who may ask and learns nothing; a bad one is an error.
    if (kind !== 'none' && person === undefined) {
      throw new HttpError(401, 'login_invalid', 'The login token is not valid.');
    }
    const body = Body.safeParse(await readJson(request));
    if (!body.success) throw new HttpError(400, 'query_missing', 'Send {"query": "…"} as JSON.');
    const rootValue = {
      me: person && { ...person, role: { name: person.role }, roles: person.roles.map((name) => ({ name })) },
      bucketConfigs: person === undefined ? [] : buckets.map((name) => ({ name })),
    };
    const { query, variables } = body.data;
    sendJson(
      response,
      200,
      await graphql({ schema: SCHEMA, source: query, rootValue, variableValues: variables ?? null }),
    );
  };
}

const LIFETIME_MS = 60 * 60 * 1000;

/** `GET /api/auth/get_credentials`: credentials in the form of AWS, with the person's name in them; no AWS accepts them. */
export function createCredentialsEndpoint(tokens: LoginTokens): RequestHandler {
  return async ({ request, response }) => {
    requireMethod(request, ['GET']);
    const { person } = await callerOf(request, tokens);
    if (person === undefined) throw new HttpError(401, 'login_invalid', 'Send a login token as the bearer token.');
    const answer = {
      AccessKeyId: `LOCAL-${person.name}`,
      SecretAccessKey: `local-only-${person.uuid}`,
      SessionToken: `local-only-${person.name}`,
      Expiration: new Date(Date.now() + LIFETIME_MS).toISOString(),
    };
    sendJson(response, 200, answer, { 'cache-control': 'no-store' });
  };
}

/** Who asks. `person` is undefined without a token and with an invalid one; `kind` distinguishes the two. */
async function callerOf({ headers }: IncomingMessage, tokens: LoginTokens) {
  const credentials = readBearerToken(headers.authorization);
  const person = credentials.kind === 'bearer' ? await tokens.personOf(credentials.token) : undefined;
  return { kind: credentials.kind, person };
}

const LIMIT_BYTES = 64 * 1024;

/** The JSON body of a request, or `undefined` when it is none. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request, LIMIT_BYTES);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

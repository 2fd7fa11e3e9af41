import { buildSchema, graphql } from 'graphql';
import * as z from 'zod';
import { HttpError, readBearerToken, requireMethod, sendJson } from '../../services/shared/http-messages.ts';
import type { RequestHandler } from '../../services/shared/http-server.ts';
import type { LoginTokens } from './login-tokens.ts';
import { readJson } from './read-json.ts';

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
    const credentials = readBearerToken(request.headers.authorization);
    const person = credentials.kind === 'bearer' ? await tokens.personOf(credentials.token) : undefined;
    // No token is a visitor, who may ask and learns nothing; a bad one is an error.
    if (credentials.kind !== 'none' && person === undefined) {
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

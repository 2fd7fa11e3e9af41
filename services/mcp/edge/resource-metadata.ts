import type { IncomingMessage, ServerResponse } from 'node:http';
import { WELL_KNOWN_PATH } from '../../../contract/http.ts';
import { requireMethod, sendJson } from '../../shared/http-messages.ts';
import type { RequestHandler } from '../../shared/http-server.ts';

/** Anybody may read it, from any page; an SDK's client asks with the header of its protocol version. */
const OPEN_TO_ALL = { 'access-control-allow-origin': '*' };
const PREFLIGHT = {
  ...OPEN_TO_ALL,
  'access-control-allow-methods': 'GET',
  'access-control-allow-headers': 'mcp-protocol-version',
};
const CACHING = { 'cache-control': 'public, max-age=300' };

/** What a client can learn about this protected resource, and where it is told so. */
export type ResourceMetadata = {
  /** The documents by their paths. */
  readonly routes: ReadonlyMap<string, RequestHandler>;
  /** The parameter of a challenge that names the document of the path that was asked: `resource_metadata="https://…"`. */
  parameterFor(request: { readonly url?: string | undefined }): string;
};

/**
 * The protected-resource metadata of RFC 9728, one document for each spelling of the MCP path, since its `resource` has to be
 * the URL that a client uses (section 3.3); the one at the root is where MCP clients look last.
 *
 * There are no `authorization_servers`, which the RFC leaves free: nobody issues tokens for this resource by OAuth. The catalog
 * mints one for a person who is signed in there, and to name it would send clients into a flow that it does not have.
 *
 * @param options `publicUrl` as clients know the service; `paths` under which it answers MCP, the plain one first; `scopes` that
 *   a token can have
 */
export function createResourceMetadata(options: {
  readonly publicUrl: string;
  readonly paths: readonly [string, ...string[]];
  readonly scopes: readonly string[];
}): ResourceMetadata {
  const { publicUrl, paths, scopes } = options;
  const documentOf = (path: string): RequestHandler => {
    const document = {
      resource: `${publicUrl}${path}`,
      resource_name: 'Quilt MCP server',
      resource_documentation: `${publicUrl}/`,
      scopes_supported: scopes,
      bearer_methods_supported: ['header'],
    };
    return ({ request, response }) => send(request, response, document);
  };
  const wellKnown = (path: string): string => {
    const { origin, pathname } = new URL(`${publicUrl}${path}`);
    return `${origin}${WELL_KNOWN_PATH}${pathname}`;
  };
  // A URL as it is written by the URL standard has neither a quote nor a backslash, so it is a quoted-string as it stands.
  const parameterOf = (path: string): string => `resource_metadata="${wellKnown(path)}"`;
  const plain = parameterOf(paths[0]);
  const parameters = new Map(paths.map((path) => [path, parameterOf(path)]));

  return {
    routes: new Map([
      [WELL_KNOWN_PATH, documentOf(paths[0])],
      ...paths.map((path) => [new URL(wellKnown(path)).pathname, documentOf(path)] as const),
    ]),
    parameterFor: ({ url = '' }) => parameters.get(url) ?? plain,
  };
}

function send(request: IncomingMessage, response: ServerResponse, document: unknown): void {
  requireMethod(request, ['GET', 'HEAD', 'OPTIONS']);
  if (request.method === 'OPTIONS') {
    response.writeHead(204, PREFLIGHT).end();
    return;
  }
  sendJson(response, 200, document, { ...OPEN_TO_ALL, ...CACHING });
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { WELL_KNOWN_PATH } from '../../../contract/http.ts';
import { requireMethod, sendJson } from '../../shared/http-messages.ts';
import type { RequestHandler } from '../../shared/http-server.ts';

/** Readable by anyone, from any page; an SDK's client asks with the header of its protocol version. */
const OPEN_TO_ALL = { 'access-control-allow-origin': '*' };
const PREFLIGHT = {
  ...OPEN_TO_ALL,
  'access-control-allow-methods': 'GET',
  'access-control-allow-headers': 'mcp-protocol-version',
};
const CACHING = { 'cache-control': 'public, max-age=300' };

/** The metadata documents of this protected resource, and where challenges point to them. */
export type ResourceMetadata = {
  /** The documents by path. */
  readonly routes: ReadonlyMap<string, RequestHandler>;
  /** The challenge parameter that names the document of the requested path: `resource_metadata="https://…"`. */
  parameterFor(request: { readonly url?: string | undefined }): string;
};

/**
 * The protected-resource metadata of RFC 9728. There is one document for each spelling of the MCP path, since `resource` must be the
 * URL that a client uses (section 3.3); the document at the root is the last place where MCP clients look.
 *
 * It has no `authorization_servers`, which the RFC makes optional: no OAuth server issues tokens for this resource. The catalog
 * mints tokens for signed-in users; naming it would send clients into a flow that it does not have.
 *
 * @param options `publicUrl`, the public URL of the service; `paths` of its MCP endpoint, the plain one first; `scopes` that a
 *   token can have
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
  // The URL standard serializes URLs without quotes or backslashes, so no escaping is needed in a quoted-string.
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

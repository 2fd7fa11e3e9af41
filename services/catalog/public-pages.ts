import { createHash } from 'node:crypto';
import { requireMethod, sendJson } from '../shared/http-messages.ts';
import type { RequestHandler } from '../shared/http-server.ts';

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 42rem; min-height: 100vh; padding: 0 1.5rem; display: flex; flex-direction: column; box-sizing: border-box; }
main { flex: 1; padding-top: 3rem; }
h1 { font-weight: 600; margin: 0 0 1rem; }
dt { font-weight: 600; margin-top: 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
footer { border-top: 1px solid; padding: 1rem 0; font-size: .875rem; }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Allows only this page's own style sheet: no script, frame or form. https://www.w3.org/TR/CSP3/ */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The catalog's first page: shows its status, its version and the MCP endpoint. */
export function createHomePage(options: { readonly version: string; readonly mcpEndpoint: string }): RequestHandler {
  const page = Buffer.from(render(options));
  return ({ request, response }) => {
    requireMethod(request, ['GET', 'HEAD']);
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': page.length,
      'cache-control': 'no-cache',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    response.end(page);
  };
}

function render({ version, mcpEndpoint }: { readonly version: string; readonly mcpEndpoint: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quilt catalog</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Quilt catalog</h1>
<p>Data packages in S3, for people and for AI assistants.</p>
<dl>
<dt>MCP endpoint</dt>
<dd><code>${escapeHtml(mcpEndpoint)}</code></dd>
<dt>Public configuration</dt>
<dd><a href="/config.json">config.json</a></dd>
</dl>
</main>
<footer>Version ${escapeHtml(version)}</footer>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * What a browser needs to know. Anyone can read it. It is built from these parameters alone: no settings object, and so no
 * secret, reaches it.
 */
export function createPublicConfig(options: {
  readonly mcpEndpoint: string;
  readonly registryUrl: string;
  readonly version: string;
}): RequestHandler {
  const { mcpEndpoint, registryUrl, version } = options;
  const config = { mcpEndpoint, registryUrl, version, features: { mcp: true } };
  return ({ request, response }) => {
    requireMethod(request, ['GET', 'HEAD']);
    sendJson(response, 200, config, { 'cache-control': 'no-cache' });
  };
}

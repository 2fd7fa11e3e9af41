const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|[a-z0-9.-]+\.localhost)$/;

/**
 * Reads the URL of a place that tokens travel to: HTTPS, in clear on loopback only, and nothing behind the host.
 *
 * @returns undefined for any other text
 */
export function secureOrigin(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  const bare =
    url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  return secure && bare ? url : undefined;
}

/**
 * Names that only this machine itself can mean. A page of another site cannot put them into a Host header: its own name is
 * there, whatever address that name was made to resolve to.
 */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

const PORT = /:\d+$/;

/**
 * Tells whether a Host header names this service, so that a foreign name that was made to resolve to it (DNS rebinding) is
 * refused. The port says nothing: a load balancer leaves it out or adds its own.
 *
 * @param publicUrl what clients know the service by
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning
 */
export function createHostCheck(publicUrl: string): (host: string | undefined) => boolean {
  const own: ReadonlySet<string> = new Set([new URL(publicUrl).hostname, ...LOOPBACK]);
  return (host) => host !== undefined && own.has(host.replace(PORT, '').toLowerCase());
}

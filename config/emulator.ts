/** The account of the local AWS emulator. No real AWS account has this number, so nothing real can be hit by mistake. */
export const EMULATOR_ACCOUNT = '000000000000';

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3})$/;

/** True for an http(s) URL whose host is this machine. */
export function isLoopbackUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return /^https?:$/.test(protocol) && LOOPBACK_HOST.test(hostname);
}

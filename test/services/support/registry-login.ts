import { jsonOf } from './any-json.ts';

/** Signs in at the local registry, where the password is the name. */
export async function loginAs(registryUrl: string, username: string): Promise<string> {
  const answer = await fetch(`${registryUrl}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: username }),
  });
  return (await jsonOf(answer)).token;
}

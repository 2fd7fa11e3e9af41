/** JSON from a service under test, of which a test reads what it expects. */
// biome-ignore lint/suspicious/noExplicitAny: the assertions are the check of its shape
export type AnyJson = any;

export async function jsonOf(answer: Response): Promise<AnyJson> {
  return answer.json();
}

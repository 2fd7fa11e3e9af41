import { useFakeAws } from '../../support/fake-aws.ts';
import { bodyOf, serve } from '../../support/servers.ts';

export type Input = Readonly<Record<string, unknown>>;

/** What an operation answers, by its name; every other one is refused. */
export type Answers = Readonly<Record<string, (input: Input) => unknown>>;

export type Asked = { readonly operation: string; readonly input: Input };

/** An answer that is an error, by the name that AWS gives it. Its message is one that must not be shown. */
export class AwsFault extends Error {}

/**
 * Starts an AWS that answers as a test says, over the JSON protocols, and points the clients of this process at it.
 *
 * @returns all that was asked so far, in order
 */
export async function startScriptedAws(answers: Answers): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  const endpoint = await serve(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const input = JSON.parse(await bodyOf(request)) as Input;
    asked.push({ operation, input });
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    try {
      const answer = answers[operation];
      if (answer === undefined) throw new AwsFault('AccessDeniedException');
      send(200, answer(input));
    } catch (error) {
      const name = error instanceof AwsFault ? error.message : 'TestFailed';
      send(400, { __type: name, message: 'not-to-be-seen' });
    }
  });
  useFakeAws(endpoint);
  return asked;
}

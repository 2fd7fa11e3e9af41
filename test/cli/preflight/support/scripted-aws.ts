import type { IncomingMessage, ServerResponse } from 'node:http';
import { type PreflightClients, preflightClients } from '../../../../cli/preflight/clients.ts';
import { bodyOf, serve } from '../../../lambda/support/servers.ts';

/** What a service answers, or the code of the error by which it says no, with what belongs to it. */
export type Answer = Readonly<Record<string, unknown>> | { readonly error: string };

/** The same, for what was asked: the parameters of a form, or a JSON document. */
export type AnswerTo = (input: Readonly<Record<string, unknown>>) => Answer;

/** An AWS that says what a test has written down, over the protocol of each service. */
export interface ScriptedAws {
  readonly clients: PreflightClients;
  /** The operations that came, in their order, with what was asked. */
  readonly asked: { readonly operation: string; readonly input: Readonly<Record<string, unknown>> }[];
  readonly endpoint: string;
}

/** @param answers - by operation; what is asked for and not there is an error that no service knows */
export async function scriptedAws(answers: Readonly<Record<string, Answer | AnswerTo>> = {}): Promise<ScriptedAws> {
  const asked: ScriptedAws['asked'] = [];
  const endpoint = await serve(async (request, response) => {
    const body = await bodyOf(request);
    const operation = operationOf(request, body);
    const input = body.startsWith('{') ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
    asked.push({ operation, input });
    const answer = answers[operation] ?? { error: 'NobodyWroteThisDown' };
    reply(request, response, operation, typeof answer === 'function' ? answer(input) : answer);
  });
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'not-a-credential' };
  const clients = preflightClients({ endpoint, region: 'us-east-1', credentials, ...{ maxAttempts: 1 } });
  return { clients, asked, endpoint };
}

function operationOf({ headers, method }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target'];
  if (target !== undefined) return String(target).split('.').at(-1) ?? '';
  // Route 53 alone speaks REST here.
  return method === 'GET' ? 'GetHostedZone' : (new URLSearchParams(body).get('Action') ?? '');
}

function reply({ headers }: IncomingMessage, response: ServerResponse, operation: string, answer: Answer): void {
  const isEc2 = /^Describe(Vpcs|Subnets|SecurityGroups)$/.test(operation);
  const { error, ...rest } = answer;
  if (headers['x-amz-target'] !== undefined) {
    const head = { 'content-type': 'application/x-amz-json-1.1' };
    response
      .writeHead(error === undefined ? 200 : 400, head)
      .end(JSON.stringify(error ? { __type: error, ...rest } : answer));
    return;
  }
  response.writeHead(error === undefined ? 200 : 400, { 'content-type': 'text/xml' });
  if (typeof error === 'string') {
    const fault = `<Error><Type>Sender</Type><Code>${error}</Code><Message>Said AWS</Message></Error>`;
    response.end(isEc2 ? `<Response><Errors>${fault}</Errors></Response>` : `<ErrorResponse>${fault}</ErrorResponse>`);
    return;
  }
  const body = xmlOf(answer, isEc2 ? 'item' : 'member');
  const isPlain = isEc2 || operation === 'GetHostedZone';
  response.end(
    `<${operation}Response>${isPlain ? body : `<${operation}Result>${body}</${operation}Result>`}</${operation}Response>`,
  );
}

function xmlOf(value: unknown, item: string): string {
  if (Array.isArray(value)) return value.map((each) => `<${item}>${xmlOf(each, item)}</${item}>`).join('');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, each]) => `<${name}>${xmlOf(each, item)}</${name}>`)
    .join('');
}

import type { IncomingMessage, ServerResponse } from 'node:http';

const S3_OPERATIONS = ['PutObject', 'DeleteObject'];
const CLOUDFORMATION_OPERATIONS = ['DescribeStackEvents', 'DescribeStacks', 'GetTemplate'];

export function isOfS3(operation: string): boolean {
  return S3_OPERATIONS.includes(operation);
}

/** The operation that a request asks for; each service has its own protocol. */
export function operationOf({ headers, method, url = '' }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target'];
  if (target !== undefined) return String(target).split('.').at(-1) ?? '';
  if (method === 'PUT') return 'PutObject';
  if (method === 'DELETE') return 'DeleteObject';
  return url.includes('/functions/quilt-canary/invocations')
    ? 'Invoke'
    : (new URLSearchParams(body).get('Action') ?? url);
}

/** Answers with what an operation gives: XML as text, an Error for a function that ended with one, or what becomes JSON. */
export function send(response: ServerResponse, operation: string, output: unknown): void {
  if (isOfS3(operation)) {
    response.writeHead(operation === 'DeleteObject' ? 204 : 200).end();
    return;
  }
  if (CLOUDFORMATION_OPERATIONS.includes(operation)) {
    const result = `<${operation}Result>${output}</${operation}Result>`;
    const namespace = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';
    response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end(`<${operation}Response xmlns="${namespace}">${result}</${operation}Response>`);
    return;
  }
  const failed = output instanceof Error;
  const type = operation === 'Invoke' ? 'application/json' : 'application/x-amz-json-1.0';
  response
    .writeHead(200, { 'content-type': type, ...(failed && { 'x-amz-function-error': 'Unhandled' }) })
    .end(typeof output === 'string' ? output : JSON.stringify(failed ? { errorMessage: output.message } : output));
}

/** Answers with an error of this name, and a message that must not be shown. */
export function refuse(response: ServerResponse, operation: string, name: string): void {
  const message = 'not-to-be-seen';
  const error = `<Error><Type>Sender</Type><Code>${name}</Code><Message>${message}</Message></Error>`;
  if (isOfS3(operation)) {
    response.writeHead(403, { 'content-type': 'application/xml' }).end(error);
    return;
  }
  if (CLOUDFORMATION_OPERATIONS.includes(operation)) {
    response.writeHead(400, { 'content-type': 'text/xml' }).end(`<ErrorResponse>${error}</ErrorResponse>`);
    return;
  }
  response
    .writeHead(400, { 'content-type': 'application/json', 'x-amzn-errortype': name })
    .end(JSON.stringify({ __type: name, message }));
}

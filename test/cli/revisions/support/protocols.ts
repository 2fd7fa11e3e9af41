import type { IncomingMessage, ServerResponse } from 'node:http';

const OF_S3: readonly string[] = ['GetObject', 'PutObject'];

/** Whether an operation is one of S3, which speaks REST. */
export function isRest(operation: string): boolean {
  return OF_S3.includes(operation);
}

/** The operation that a request asks for; each service has a protocol of its own. */
export function operationOf({ headers, method }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target'];
  if (target !== undefined) return String(target).split('.').at(-1) ?? '';
  if (method === 'GET') return 'GetObject';
  return method === 'PUT' ? 'PutObject' : (new URLSearchParams(body).get('Action') ?? '');
}

/** Answers with what an operation gives: the text of an object, what becomes XML, or what becomes JSON. */
export function send(response: ServerResponse, operation: string, output: unknown): void {
  if (isRest(operation)) {
    response.writeHead(200, { 'x-amz-version-id': 'version-1' }).end(output);
    return;
  }
  if (!isQuery(operation)) {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(output));
    return;
  }
  const result = `<${operation}Result>${xmlOf(output)}</${operation}Result>`;
  response
    .writeHead(200, { 'content-type': 'text/xml' })
    .end(`<${operation}Response xmlns="http://fake/">${result}</${operation}Response>`);
}

/** Answers with an error of this name. */
export function fault(response: ServerResponse, operation: string, name: string): void {
  const error = `<Error><Type>Sender</Type><Code>${name}</Code><Message>Said AWS</Message></Error>`;
  if (isRest(operation)) response.writeHead(403, { 'content-type': 'application/xml' }).end(error);
  else if (isQuery(operation)) {
    response.writeHead(400, { 'content-type': 'text/xml' }).end(`<ErrorResponse>${error}</ErrorResponse>`);
  } else {
    response
      .writeHead(400, { 'content-type': 'application/json', 'x-amzn-errortype': name })
      .end(JSON.stringify({ __type: name, message: 'Said AWS' }));
  }
}

function isQuery(operation: string): boolean {
  return /ChangeSet|Stack|CallerIdentity/.test(operation);
}

/** As the query protocol writes structures and lists. */
function xmlOf(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${xmlOf(item)}</member>`).join('');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, item]) => `<${name}>${xmlOf(item)}</${name}>`)
      .join('');
  }
  return String(value).replace(/&/g, '&amp;').replace(/</g, '&lt;');
}

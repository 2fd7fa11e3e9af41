import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';

/** An S3 that does what a test says, for what the real one does rarely. */
export type StubS3 = {
  readonly client: S3Client;
  /** Replaces what it does. */
  answer(handler: (request: IncomingMessage, response: ServerResponse) => void): void;
  stop(): Promise<void>;
};

type StubOptions = { readonly expiration?: Date; readonly maxAttempts?: number };

/** @param options `expiration` of the client's credentials; `maxAttempts` of its requests */
export async function startStubS3({ expiration, maxAttempts = 1 }: StubOptions = {}): Promise<StubS3> {
  let handler = (_: IncomingMessage, response: ServerResponse): void => void response.writeHead(500).end();
  const server = createServer((request, response) => handler(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    maxAttempts,
    credentials: async () => ({ ...credentials, ...(expiration && { expiration }) }),
  });
  return {
    client,
    answer: (next) => {
      handler = next;
    },
    stop: async () => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Answers with an error as S3 does, with details of the account in it. */
export function refuse(response: ServerResponse, status: number, code: string, details = ''): void {
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${details}</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
}

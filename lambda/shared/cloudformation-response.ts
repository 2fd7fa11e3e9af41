import * as http from 'node:http';
import * as https from 'node:https';
import type { CloudFormationCustomResourceResponse } from 'aws-lambda';
import { errorName } from '../../contract/safe-error.ts';

const TIMEOUT_MS = 5_000;

/** The pre-signed URL is a credential: neither it nor an error that may quote it leaves this file. */
class ResponseNotDelivered extends Error {
  override readonly name = 'ResponseNotDelivered';

  constructor(why: string) {
    super(
      `The response could not be sent to CloudFormation (${why}). Lambda retries the event; if it does not, check that the function can reach Amazon S3.`,
    );
  }
}

function send(url: URL, body: string): Promise<number> {
  const { request } = url.protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const put = request(url, {
      method: 'PUT',
      // An empty type: the signature of the URL covers that header, and S3 refuses any other value with 403.
      headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) },
    });
    // Limits the whole exchange; the request's own timeout limits only idle time.
    const timer = setTimeout(() => put.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })), TIMEOUT_MS);
    put.on('error', reject);
    put.on('close', () => clearTimeout(timer));
    put.on('response', (response) => {
      response.on('error', reject);
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    put.end(body);
  });
}

/**
 * Puts the response of a custom resource to the event's `ResponseURL`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html
 *
 * @throws ResponseNotDelivered, so that Lambda, which invoked the function asynchronously, retries the whole idempotent event.
 */
export async function putResponse(responseUrl: string, response: CloudFormationCustomResourceResponse): Promise<void> {
  let status: number;
  try {
    status = await send(new URL(responseUrl), JSON.stringify(response));
  } catch (error) {
    throw new ResponseNotDelivered(errorName(error));
  }
  if (status < 200 || status > 299) throw new ResponseNotDelivered(`status ${status}`);
}

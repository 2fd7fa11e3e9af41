import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Answer } from '../../../../../services/mcp/protocol/express/answer.ts';

/** A response whose bytes leave when the test says so. */
class HeldResponse extends EventEmitter {
  written = '';
  headersSent = false;
  writableEnded = false;
  destroyed = false;
  writableLength = 0;

  writeHead(): this {
    this.headersSent = true;
    return this;
  }

  flushHeaders(): void {}

  write(text: string): boolean {
    if (this.writableEnded) throw new Error('write after end');
    this.written += text;
    this.writableLength += text.length;
    return true;
  }

  end(text = ''): void {
    this.written += text;
    this.writableEnded = true;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

const PROGRESS = {
  jsonrpc: '2.0',
  method: 'notifications/progress',
  params: { progressToken: 1, progress: 1 },
} as const;
const RESULT = { jsonrpc: '2.0', id: 1, result: {} } as const;
const HOUR_MS = 3_600_000;
let response: HeldResponse;

const answerUntil = (seconds: number, stream = false) =>
  new Answer(response as unknown as ServerResponse, { stream, until: Date.now() / 1000 + seconds });

beforeEach(() => {
  jest.useFakeTimers();
  response = new HeldResponse();
});
afterEach(() => jest.useRealTimers());

test('nothing is written behind the end, however long the last bytes take to leave', () => {
  for (const end of [
    (answer: Answer) => answer.finish(RESULT, 200),
    (answer: Answer) => answer.abandon(),
    () => jest.advanceTimersByTime(20_000),
  ]) {
    response = new HeldResponse();
    const answer = answerUntil(20, true);
    response.on('keep', () => {});
    answer.notify(PROGRESS);
    response.writableLength = 0;
    end(answer);
    expect(response.writableEnded).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
    const { written } = response;
    answer.notify(PROGRESS);
    answer.finish(RESULT, 200);
    jest.advanceTimersByTime(HOUR_MS);
    expect(response.written).toBe(written);
  }
});

test('a stream that is read is kept alive', () => {
  answerUntil(HOUR_MS, true);
  jest.advanceTimersByTime(15_000);
  response.writableLength = 0;
  jest.advanceTimersByTime(15_000);
  expect(response.written).toBe(': keep-alive\n\n: keep-alive\n\n');
});

test('a stream that the client does not read is closed, not buffered', () => {
  answerUntil(HOUR_MS, true);
  jest.advanceTimersByTime(15_000);
  expect(response.destroyed).toBe(false);
  jest.advanceTimersByTime(15_000);
  expect(response.destroyed).toBe(true);
  expect(response.written).toBe(': keep-alive\n\n');
});

test('a disconnected client gets nothing, and leaves nothing behind', () => {
  response.destroyed = true;
  const answer = answerUntil(HOUR_MS);
  answer.notify(PROGRESS);
  answer.abandon();
  expect([response.headersSent, response.written, jest.getTimerCount()]).toEqual([false, '', 0]);
});

import { createLogger } from '../../../services/shared/logger.ts';
import { LogCapture } from '../support/log-capture.ts';
import { makeTrust } from '../support/trust-fixture.ts';

const capture = () => {
  const sink = new LogCapture();
  return { sink, logger: createLogger({ service: 'mcp', version: '1.2.3', level: 'info', sink }) };
};

test('one JSON object a line, with time, level, service and version', () => {
  const { sink, logger } = capture();
  logger.info({ event: 'listening', note: 'two\nlines' }, 'ready');
  logger.debug({ event: 'hidden' }, 'below the level');
  expect(sink.text.trimEnd().split('\n')).toHaveLength(1);
  expect(sink.lines).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: 'mcp',
      version: '1.2.3',
      event: 'listening',
      note: 'two\nlines',
      message: 'ready',
    },
  ]);
});

test('credentials are redacted by name, at any depth', () => {
  const { sink, logger } = capture();
  logger.info({
    event: 'e',
    token: 'mark',
    headers: { authorization: 'mark', cookie: 'mark' },
    body: { secret: 'mark' },
    answers: [{ Credentials: { SessionToken: 'mark', Expiration: 'soon' } }],
  });
  expect(sink.text).not.toContain('mark');
  expect(sink.lines[0]).toMatchObject({ token: '[redacted]', answers: [{ Credentials: { Expiration: 'soon' } }] });
});

test('a token is redacted anywhere: message, field, error, stack', async () => {
  const { token } = await (await makeTrust()).mint();
  const { sink, logger } = capture();
  logger.error({ event: 'e', note: `see ${token}`, err: new Error(`cannot use ${token}`) }, `and ${token}`);
  for (const part of token.split('.')) expect(sink.text).not.toContain(part);
  expect(sink.lines).toHaveLength(1);
});

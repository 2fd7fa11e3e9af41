/** The floor: node:http reads a JSON body and answers with JSON. No token, no protocol. */
import { createServer } from 'node:http';

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { id, params } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const content = [{ type: 'text', text: params?.arguments?.text }];
    const answer = JSON.stringify({ jsonrpc: '2.0', id, result: { content } });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
    response.end(answer);
  });
}).listen(Number(process.env.PORT), process.env.HOST);

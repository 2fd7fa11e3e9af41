/** The one tool of every JavaScript peer. */
import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';

const INFO = { name: 'echo', version: '1.0.0' };
const TOOL = { description: 'Says what it is told.', inputSchema: z.object({ text: z.string() }) };

/** @param {{ text: string }} input */
const echo = async ({ text }) => ({ content: [{ type: 'text', text }] });

/** A server of the v2 SDK. */
export function createEchoServer() {
  const server = new McpServer(INFO);
  server.registerTool('echo', TOOL, echo);
  return server;
}

/** A server of the v1 SDK. */
export function createEchoServerV1() {
  const server = new McpServerV1(INFO);
  server.registerTool('echo', { ...TOOL, inputSchema: TOOL.inputSchema.shape }, echo);
  return server;
}

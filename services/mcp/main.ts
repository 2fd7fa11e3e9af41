import { runService } from '../shared/run-service.ts';
import { startMcpService } from './service.ts';

await runService('mcp', startMcpService);

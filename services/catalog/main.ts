import { runService } from '../shared/run-service.ts';
import { startCatalogService } from './service.ts';

await runService('catalog', startCatalogService);

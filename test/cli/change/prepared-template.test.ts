import { prepareTemplate } from '../../../cli/change/prepared-template.ts';
import { parseTemplate } from '../../../cli/revisions/template.ts';
import { productionWith, synthesise } from '../../lib/support/synthesise.ts';
import { buildBundles } from '../../support/build.ts';

beforeAll(buildBundles);

test('removing break-glass gives the same template as a synthesis without it, trigger included', () => {
  const config = productionWith();
  const textOf = (reason?: string) => {
    const { files } = synthesise(config, reason === undefined ? undefined : { reason });
    return files.get('Services.template.json') ?? '';
  };
  const [plain, glass] = [textOf(), textOf('The old client needs it.')];
  expect(glass).not.toBe(plain);
  const prepared = prepareTemplate(1, { text: glass, template: parseTemplate(glass) });
  expect(prepared.text).toBe(plain);
  expect(prepareTemplate(1, { text: plain, template: parseTemplate(plain) })).toEqual(prepared);
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../helpers/until.js';
import { startGatedStage } from './harness/gatedStage.js';
import { settled } from './harness/table.js';

let gated: Awaited<ReturnType<typeof startGatedStage>>;
beforeAll(async () => {
  gated = await startGatedStage({ products: 7 });
});
afterAll(() => gated.close());

describe('the page of the sources', () => {
  test('shows what each is doing, and follows it', () =>
    gated.stage.open('/?view=sources', async (page) => {
      const partner = page.getByRole('region', { name: 'Partner' });
      const fact = (name: string) => partner.locator('dl > div').filter({ hasText: name }).locator('dd').textContent();
      await partner.getByText('Answering').waitFor();
      expect(await fact('On their way')).toBe('0');
      expect(await fact('Half within')).toBe('–');
      const asked = gated.stage.gateway.ask('{ site(id: "shop") { products { nodes { partner { orders } } } } }');
      await until(async () => (await fact('On their way')) === '7', 'the calls on their way');
      gated.partner.releaseAll();
      await asked;
      await until(async () => (await fact('On their way')) === '0', 'the calls answered');
      expect(await fact('Half within')).toMatch(/^\d[\d.,]* m?s$/);
      expect(await page.getByRole('region', { name: 'Google Analytics' }).count()).toBe(1);
    }));

  test('is linked from the stats page, and leads back to what was shown', () =>
    gated.stage.open('/?range=yesterday', async (page) => {
      await settled(page);
      await page.getByRole('link', { name: 'Sources' }).click();
      await page.getByRole('heading', { name: 'Sources' }).waitFor();
      await page.getByRole('link', { name: 'Stats', exact: true }).click();
      await settled(page);
      expect(new URL(page.url()).searchParams.get('range')).toBe('yesterday');
    }));
});

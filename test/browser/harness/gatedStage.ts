import { type GatedPartner, startGatedPartner } from '../../helpers/gatedPartner.js';
import type { GatewayOptions } from '../../helpers/gateway.js';
import { type Stage, startStage } from './stage.js';

/** A stage whose partner answers for each product when the test says so. */
export async function startGatedStage(
  options: Omit<GatewayOptions, 'configure'>,
): Promise<{ stage: Stage; partner: GatedPartner; close(): Promise<void> }> {
  const partner = await startGatedPartner();
  const configure = ({ sources }: Parameters<NonNullable<GatewayOptions['configure']>>[0]) => {
    sources.partner = { ...sources.partner, url: partner.url, concurrency: 200, retry: { attempts: 1 } };
  };
  const stage = await startStage({ ...options, configure });
  return {
    stage,
    partner,
    async close() {
      partner.releaseAll();
      await stage.close();
      await partner.close();
    },
  };
}

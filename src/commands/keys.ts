import { stringify } from 'yaml';
import { createSecret, hashSecret } from '../server/accessKeys.js';
import type { Print } from './serve.js';

export interface CreateKeyOptions {
  id: string;
  sites: readonly string[] | undefined;
  origins: readonly string[] | undefined;
  print: Print;
}

/** Makes a key and prints it for the only time, with what of it stands in gateway.yaml under `access.keys`: not the key. */
export function createKey({ id, sites, origins, print }: CreateKeyOptions): void {
  const secret = createSecret();
  const entry = { id, hash: hashSecret(secret), ...(sites && { sites }), ...(origins && { origins }) };
  print('Send this key as "Authorization: Bearer …"; it is shown only now:');
  print(`  ${id}.${secret}`);
  print('Write this into gateway.yaml, under access.keys:');
  print(`  - ${stringify(entry, { collectionStyle: 'flow', lineWidth: 0 }).trim()}`);
}

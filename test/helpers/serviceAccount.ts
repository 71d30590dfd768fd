import { sign } from 'node:crypto';
import type { ServiceAccount } from '../../src/demo/googleTokens.js';

/** What a service account asks for, with single claims replaced. `key` signs it instead of the account's own. */
export function signAssertion(account: ServiceAccount, claims: object = {}, key = account.private_key): string {
  const iat = Math.floor(Date.now() / 1000);
  const scope = 'https://www.googleapis.com/auth/analytics.readonly';
  const payload = { iss: account.client_email, scope, aud: account.token_uri, iat, exp: iat + 3600, ...claims };
  const signed = [{ alg: 'RS256' }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}

export function postAssertion(url: string, assertion: string, grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
  return fetch(`${url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: grant, assertion }),
  });
}

export async function readServiceAccount(url: string): Promise<ServiceAccount> {
  return (await (await fetch(`${url}/__credentials`)).json()) as ServiceAccount;
}

/** The Authorization header that the emulator at `url` accepts, after a real exchange. */
export async function authorize(url: string): Promise<string> {
  const answer = await postAssertion(url, signAssertion(await readServiceAccount(url)));
  const { token_type, access_token } = (await answer.json()) as { token_type: string; access_token: string };
  return `${token_type} ${access_token}`;
}

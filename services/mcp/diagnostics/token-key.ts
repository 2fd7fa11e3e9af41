import * as z from 'zod';
import type { Principal } from '../principal.ts';
import type { ServiceFacts } from '../service-facts.ts';

/** The key of a token beside those of the task: fields that several tools answer with. Key IDs are public. */
export const TOKEN_KEY_FIELDS = {
  key_id: z.string().describe('The key that the token was verified with'),
  accepted_key_ids: z.array(z.string()).describe('The keys that the task accepts'),
  key_accepted: z.boolean().describe('false: get a new token'),
};

/** What {@link TOKEN_KEY_FIELDS} describes. */
export function tokenKeyOf({ keyId }: Principal, { keyIds }: ServiceFacts) {
  return { key_id: keyId, accepted_key_ids: [...keyIds], key_accepted: keyIds.includes(keyId) };
}

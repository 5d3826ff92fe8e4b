import { z } from 'zod'
import { ROLES, type CreatedLink as Created } from '../../people/index.ts'
import { Time } from '../fields.ts'

export const PersonLink = z
  .object({
    id: z.string(),
    kind: z.enum(['first-admin', 'invitation', 'reset']),
    email: z.string().optional(),
    name: z.string().optional(),
    role: z.enum(ROLES),
    createdAt: Time,
    expiresAt: Time,
  })
  .meta({ id: 'PersonLink' })

export const CreatedLink = PersonLink.extend({
  url: z.string().describe('Returned once. Copy it to the person; everyone who has it can use it.'),
}).meta({ id: 'CreatedPersonLink' })

/** Returns the link with its token, which is readable only in this response. */
export function showOnce(link: Created) {
  return { ...link, url: link.url.reveal() }
}

import { z } from 'zod'
import type { CloudProviderId, GrantId } from '../../kernel/ids.ts'
import type { People } from '../../people/index.ts'
import { emailAddress, Time } from '../fields.ts'
import { id } from '../ids.ts'

export const NewSignInLink = z.strictObject({
  cloudProviderId: id<CloudProviderId>(),
  kind: z.enum(['sign-in', 'admin-consent']),
  requestedAddress: emailAddress
    .optional()
    .describe('Of the mailbox for which it is done. A sign-in by the link has to open it; one that renews needs none.'),
  reconnectGrantId: id<GrantId>().optional().describe('The grant to be renewed, by the same person as before.'),
})

export const SignInLink = z
  .object({
    id: z.string(),
    cloudProviderId: z.string(),
    kind: z.enum(['sign-in', 'admin-consent']),
    requestedAddress: z.string().optional(),
    reconnectGrantId: z.string().optional(),
    state: z.enum(['open', 'used', 'revoked', 'expired']),
    createdBy: z.string(),
    createdAt: Time,
    expiresAt: Time,
    usedAt: Time.optional(),
    consentReportedAt: Time.optional().describe(
      'When a redirect reported the consent of a link to consent. Until the link is used nothing proves it.',
    ),
    usedBy: z.string().optional().describe('The user name that signed in; for a consent, the id of the organization.'),
  })
  .meta({ id: 'SignInLink' })

/** Name of the creator of a link, for people without an account here. */
export async function nameOfCreator(people: People, actor: string): Promise<string> {
  const personId = actor.replace(/^person:/, '')
  return (await people.namesOf([personId])).get(personId) ?? 'The admin who sent the link'
}

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
    .describe('Address of the mailbox of this link. A sign-in by the link must open it; one that renews needs none.'),
  reconnectGrantId: id<GrantId>().optional().describe('Grant to renew, by the same person.'),
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
      'Time at which a redirect reported the consent of a consent link. It is proven only when the link is used.',
    ),
    usedBy: z.string().optional().describe('User name that signed in; for a consent, the id of the organization.'),
  })
  .meta({ id: 'SignInLink' })

/** Name of the creator of a link, for people without an account here. */
export async function nameOfCreator(people: People, actor: string): Promise<string> {
  const personId = actor.replace(/^person:/, '')
  return (await people.namesOf([personId])).get(personId) ?? 'The admin who sent the link'
}

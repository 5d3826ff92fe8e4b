import { z } from 'zod'
import { storedReason } from '../../kernel/errors.ts'
import type { GrantSummary } from '../../tokens/index.ts'
import { Explanation } from '../explanation.ts'
import { Reason, Time } from '../fields.ts'
import { OpenedEmailAccounts } from '../removal.ts'

export const Grant = z
  .object({
    id: z.string(),
    cloudProviderId: z.string(),
    tenantId: z.string(),
    objectId: z.string(),
    userName: z.string(),
    displayName: z.string(),
    scopesRequested: z.array(z.string()),
    scopesGranted: z.array(z.string()),
    state: z.enum(['connected', 'degraded', 'needs-sign-in', 'needs-admin']),
    reason: Reason.optional(),
    explanation: Explanation.optional().describe('Of the reason, in the list of sign-ins.'),
    stateSince: Time,
    nextTryAt: Time.optional(),
    refreshTokenAt: Time.describe('When Microsoft last gave a refresh token. Postkey uses each at least once a day.'),
    expiresUnusedAt: Time.describe('When it ends unless it is used before.'),
    isPersonal: z.boolean().describe('A personal Microsoft account, of no organization.'),
    cloud: z.string().optional(),
    authority: z.string().optional().describe('The address at which it is refreshed, whatever the clouds file says.'),
    createdAt: Time,
    ended: z
      .object({
        at: Time,
        upstream: z.object({ error: z.string().optional(), errorCodes: z.array(z.int()).optional() }).optional(),
      })
      .optional(),
  })
  .meta({ id: 'Grant' })

/** A grant with the text for its reason, even for one of another version. */
export function presentGrant({ stateReason, nextTryAt, ...grant }: GrantSummary) {
  return {
    ...grant,
    reason: stateReason === undefined ? undefined : storedReason(stateReason),
    nextTryAt: grant.state === 'connected' ? undefined : nextTryAt,
  }
}

export const GrantRemoval = z
  .object({
    isPossible: z.boolean(),
    emailAccounts: OpenedEmailAccounts,
    openSignInLinks: z.int().describe('Links that would have renewed it. They end with it.'),
    revocation: z
      .object({
        ofPerson: z.string().describe('Graph PowerShell: ends what this person consented to.'),
        ofOrganization: z.string().describe('Graph PowerShell: ends the admin consent, for every sign-in there.'),
      })
      .optional()
      .describe('How an Entra admin revokes the consent at Microsoft, where it stays. Absent for a personal account.'),
  })
  .meta({ id: 'GrantRemoval' })

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
    explanation: Explanation.optional().describe('Explanation of the reason, in the list of sign-ins.'),
    stateSince: Time,
    nextTryAt: Time.optional(),
    refreshTokenAt: Time.describe(
      'Time of the last refresh token from Microsoft. Postkey uses each at least once a day.',
    ),
    expiresUnusedAt: Time.describe('Expiry if it is not used before.'),
    isPersonal: z.boolean().describe('Personal Microsoft account, without organization.'),
    cloud: z.string().optional(),
    authority: z.string().optional().describe('Address at which it is refreshed, independent of the clouds file.'),
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
    openSignInLinks: z.int().describe('Open links that renew it. They end with it.'),
    revocation: z
      .object({
        ofPerson: z.string().describe('Graph PowerShell: revokes the consent of this user.'),
        ofOrganization: z.string().describe('Graph PowerShell: revokes the admin consent, for every sign-in there.'),
      })
      .optional()
      .describe(
        'Steps for an Entra admin to revoke the consent at Microsoft, where it stays. Absent for a personal account.',
      ),
  })
  .meta({ id: 'GrantRemoval' })

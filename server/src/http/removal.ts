/** Dependents of a grant or a cloud provider, returned before a removal. */
import { z } from 'zod'
import type { EmailAccount } from '../email-accounts/index.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import type { SignInLink } from '../tokens/index.ts'

export const OpenedEmailAccounts = z
  .array(z.object({ id: z.string(), address: z.string() }))
  .describe(
    'Mailboxes that it opens, or is a backup sign-in for. They keep their mail; each is first removed, or gets another grant.',
  )

export function openedByGrant(accounts: readonly EmailAccount[], grantIds: readonly GrantId[]) {
  return accounts
    .filter(({ principal, backupSignIn }) => {
      const opening = principal.kind === 'grant' ? principal.grantId : undefined
      return [opening, backupSignIn?.grantId, backupSignIn?.insteadOf].some(
        (id) => id !== undefined && grantIds.includes(id),
      )
    })
    .map(({ id, address }) => ({ id, address }))
}

export function isOpenOfGrant({ state, reconnectGrantId }: SignInLink, id: GrantId): boolean {
  return state === 'open' && reconnectGrantId === id
}

export function isOpenOfCloudProvider({ state, cloudProviderId }: SignInLink, id: CloudProviderId): boolean {
  return state === 'open' && cloudProviderId === id
}

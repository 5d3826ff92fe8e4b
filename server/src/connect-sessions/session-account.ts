import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, GrantId } from '../kernel/ids.ts'
import type { SessionRow } from './connect-session.ts'
import type { ConnectSessionsDeps } from './deps.ts'

interface AccountDeps extends Pick<ConnectSessionsDeps, 'emailAccounts' | 'openedBy' | 'transports'> {
  grants: Pick<ConnectSessionsDeps['grants'], 'get'>
}

/**
 * Returns a function that connects the mailbox of a session whose owner has signed in. An account of the same mailbox that
 * the same sign-in opens is kept, by whichever of its addresses it was connected.
 */
export function createSessionAccount({ emailAccounts, grants, openedBy, transports }: AccountDeps) {
  /** Addresses of the wanted mailbox, or of that of the user, whose user name may differ. The first is the main one. */
  async function addressesOf(row: SessionRow, grantId: GrantId): Promise<string[]> {
    const { wanted_kind: kind, wanted_address: wanted } = row
    const userName = row.user_name ?? ''
    const { cloudProviderId } = await grants.get(grantId)
    const access = {
      address: wanted ?? userName,
      kind,
      cloudProviderId,
      principal: { kind: 'grant', grantId },
    } as const
    const { ownAddresses } = await transports.open(access)
    const told = await ownAddresses?.().catch((thrown: unknown) => {
      const error = AppError.from(thrown)
      // A delegate may not be told the addresses of a mailbox that it can open.
      if (wanted === null || error.remedy === 'wait' || error.remedy === 'bug') throw error
      return []
    })
    return wanted === null ? [...(told ?? []), userName] : [wanted, ...(told ?? [])]
  }

  async function associate(row: SessionRow, grantId: GrantId, address: string): Promise<EmailAccountId> {
    const { id, wanted_kind: kind } = row
    const input = {
      ...{ address, kind, grantId, contact: address, name: row.account_name ?? address },
      importDays: row.import_days ?? undefined,
    }
    return (await emailAccounts.associate(input, `link:${id}`)).id
  }

  return async (row: SessionRow): Promise<EmailAccountId> => {
    const { grant_id: grantId, wanted_kind: kind } = row
    if (grantId === null) throw new AppError('tokens.grant_not_found')
    const addresses = await addressesOf(row, grantId)
    const connected = await openedBy(grantId, addresses)
    if (connected !== undefined) return connected
    if (kind === 'shared' && (await grants.get(grantId)).isPersonal) {
      throw new AppError('email_accounts.personal_not_shared')
    }
    try {
      return await associate(row, grantId, addresses[0]!)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'email_accounts.address_taken') throw error
      // Another session of the same owner may have connected it meanwhile.
      const meanwhile = await openedBy(grantId, addresses)
      if (meanwhile === undefined) throw error
      return meanwhile
    }
  }
}

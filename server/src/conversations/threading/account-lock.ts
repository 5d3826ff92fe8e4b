import { advisoryLock, type Tx } from '../../database/index.ts'
import type { FilingAccount } from './filing-account.ts'

/**
 * Locks the filing of mail of an account until `tx` ends: two transactions that file the same message, or two replies to
 * the same unknown one, would each start a conversation. Take it before all other locks. Reentrant.
 */
export async function lockAccount(tx: Tx, account: Pick<FilingAccount, 'id'>): Promise<void> {
  await advisoryLock('conversations.file', account.id).execute(tx)
}

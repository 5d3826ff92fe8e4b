import { sql } from 'kysely'
import type { FilingAccount, MessageFiling } from '../../conversations/index.ts'
import type { Tx } from '../../database/index.ts'
import { listOwnAddresses, type EmailAccount } from '../../email-accounts/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { RemoteMessage, SparseMessage } from '../../mail/index.ts'

/** Mailbox with the limit of its first import, which other mail is filed without. */
export type FiledAccount = EmailAccount & Pick<FilingAccount, 'closesBefore'>

export type FileOne = (tx: Tx, account: FiledAccount, each: RemoteMessage | SparseMessage) => Promise<boolean>

/** Files one message or change and updates the figures of its account. Returns true if the message is new. */
export function createFileOne(filing: MessageFiling): FileOne {
  return async (tx, account, each) => {
    if (each.partial) {
      await filing.applyPartial(tx, account, each)
      return false
    }
    const filed = await filing.file(tx, account, each)
    if (!filed) return false
    await setLastTimes(tx, account, [each])
    return filed.created
  }
}

export type FilePage = (
  tx: Tx,
  account: FiledAccount,
  page: readonly (RemoteMessage | SparseMessage)[],
) => Promise<number>

/** Files a page as {@link createFileOne} does. Returns the number of new messages. Stores all or throws. */
export function createFilePage(filing: MessageFiling): FilePage {
  return async (tx, account, page) => {
    const met: RemoteMessage[] = []
    let created = 0
    let whole: RemoteMessage[] = []
    async function fileWhole(): Promise<void> {
      const filed = await filing.fileMany(tx, account, whole)
      created += filed.filter((one) => one?.created).length
      met.push(...whole.filter((_, n) => filed[n]))
      whole = []
    }
    for (const each of page) {
      if (!each.partial) whole.push(each)
      else {
        // In page order: a change may affect a message that precedes it.
        if (whole.length > 0) await fileWhole()
        await filing.applyPartial(tx, account, each)
      }
    }
    if (whole.length > 0) await fileWhole()
    await setLastTimes(tx, account, met)
    return created
  }
}

/**
 * Sets the times of the last received and sent mail. Copies of messages sent here count as new, although `submission`
 * has filed them before.
 */
async function setLastTimes(tx: Tx, account: EmailAccount, met: readonly RemoteMessage[]): Promise<void> {
  if (met.length === 0) return
  const own = new Set(listOwnAddresses(account).map((address) => address.toLowerCase()))
  const isOut = ({ from }: RemoteMessage) => from !== undefined && own.has(from.address.toLowerCase())
  const latest = (some: readonly RemoteMessage[]) =>
    some.reduce<Date | null>((last, { receivedAt }) => (last && last > receivedAt ? last : receivedAt), null)
  const sent = sql`${latest(met.filter(isOut))}::timestamptz`
  const received = sql`${latest(met.filter((each) => !isOut(each)))}::timestamptz`
  await sql`UPDATE account_sync_states SET
      last_sent_at = greatest(last_sent_at, ${sent}), last_received_at = greatest(last_received_at, ${received})
    WHERE email_account_id = ${account.id} AND (${sent} > coalesce(last_sent_at, '-infinity')
      OR ${received} > coalesce(last_received_at, '-infinity'))`.execute(tx)
}

/** Returns true if the error is caused by this one message. After any other error, the whole page is retried later. */
export function isOfOneMessage(error: unknown): boolean {
  return !(error instanceof AppError) || error.remedy === 'bug'
}

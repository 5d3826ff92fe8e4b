import { sql } from 'kysely'
import type { MessageFiling } from '../../conversations/index.ts'
import type { Tx } from '../../database/index.ts'
import { ownAddressesOf, type EmailAccount } from '../../email-accounts/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { RemoteMessage, SparseMessage } from '../../mail/index.ts'

export type FileOne = (tx: Tx, account: EmailAccount, each: RemoteMessage | SparseMessage) => Promise<boolean>

/** One message or change becomes part of our mail, and of the figures of its account. Whether it was new here. */
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
  account: EmailAccount,
  page: readonly (RemoteMessage | SparseMessage)[],
) => Promise<number>

/** As {@link createFileOne} for a page: how many of it were new here. All of it or, with an error, nothing. */
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
        // In the order of the page: a change may be one of a message that comes before it.
        if (whole.length > 0) await fileWhole()
        await filing.applyPartial(tx, account, each)
      }
    }
    if (whole.length > 0) await fileWhole()
    await setLastTimes(tx, account, met)
    return created
  }
}

/** When the account last got and sent something. The copy of what we sent is met as one that `submission` has filed. */
async function setLastTimes(tx: Tx, account: EmailAccount, met: readonly RemoteMessage[]): Promise<void> {
  if (met.length === 0) return
  const own = new Set(ownAddressesOf(account).map((address) => address.toLowerCase()))
  const isOut = ({ from }: RemoteMessage) => from !== undefined && own.has(from.address.toLowerCase())
  const latest = (some: readonly RemoteMessage[]) =>
    some.reduce<Date | null>((last, { receivedAt }) => (last && last > receivedAt ? last : receivedAt), null)
  const sent = sql`${latest(met.filter(isOut))}::timestamptz`
  const received = sql`${latest(met.filter((each) => !isOut(each)))}::timestamptz`
  await sql`UPDATE email_accounts SET
      last_sent_at = greatest(last_sent_at, ${sent}), last_received_at = greatest(last_received_at, ${received})
    WHERE id = ${account.id} AND (${sent} > coalesce(last_sent_at, '-infinity')
      OR ${received} > coalesce(last_received_at, '-infinity'))`.execute(tx)
}

/** Whether the failure is about this one message: what is not is tried again as a whole, later. */
export function isOfOneMessage(error: unknown): boolean {
  return !(error instanceof AppError) || error.remedy === 'bug'
}

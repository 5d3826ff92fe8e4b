import { AppError } from '../../kernel/errors.ts'
import { failedCheck } from '../failed-check.ts'
import type { PreflightCheck } from '../mail-transport.ts'
import type { MailboxConnections } from './mailbox-connections.ts'

/** Checks that the mailbox exists and can be read, without changing it. */
export async function imapPreflight(connections: MailboxConnections): Promise<PreflightCheck[]> {
  try {
    await connections.use('send', async (connection) => {
      const inbox = await connection.open('INBOX')
      if (inbox.exists < 1) return
      await connection.fetch(String(inbox.exists), { uid: true, flags: true }, { byUid: false }, () => undefined)
    })
    return [
      { what: 'exists', outcome: 'ok' },
      { what: 'reads', outcome: 'ok' },
    ]
  } catch (thrown) {
    return [
      // Without a successful sign-in, the existence of the mailbox is unknown.
      { what: 'exists', outcome: 'not-tried' },
      { what: 'reads', ...failedCheck(AppError.from(thrown)), outcome: 'wrong' },
    ]
  }
}

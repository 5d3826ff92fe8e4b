import { AppError } from '../../kernel/errors.ts'
import type { PreflightLight } from '../mail-transport.ts'
import type { MailboxConnections } from './mailbox-connections.ts'

/** Whether the mailbox is there and can be read: what is tried changes nothing in it. */
export async function imapPreflight(connections: MailboxConnections): Promise<PreflightLight[]> {
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
    const { code, message: title, fix, detail } = AppError.from(thrown)
    return [
      // Whether it is there is known to nobody who is not let in.
      { what: 'exists', outcome: 'not-tried' },
      { what: 'reads', outcome: 'wrong', code, title, fix, ...(detail !== undefined && { detail }) },
    ]
  }
}

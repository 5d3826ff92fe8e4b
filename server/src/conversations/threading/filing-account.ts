import type { EmailAccountId } from '../../kernel/ids.ts'

/** Facts about an email account by which its mail is filed. */
export interface FilingAccount {
  id: EmailAccountId
  address: string
  /** Its other addresses. Mail from them was sent by the account, and they are not participants. */
  aliases?: readonly { address: string }[]
  /** Mail received before is imported, not new. */
  createdAt: Date
  /**
   * Conversations of imported mail without a message from this time on arrive closed and read. Absent: they arrive open.
   * Set by the first import of a folder alone, so its name differs from that of the setting.
   */
  closesBefore?: Date | undefined
  /** Received mail is passed to `ReceivedMailHook` only while the automatic reply is on. */
  automaticReply?: { isOn: boolean } | undefined
  /** Joins mail with the same participants and subject when no header names a conversation. */
  joinsBySubject?: boolean
}

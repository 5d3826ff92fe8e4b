import type { Clock } from '../../src/kernel/clock.ts'
import type { RemoteMessage } from '../../src/mail/index.ts'

/** Returns the `n`th message from a customer, as reported by a server. */
export function customerMessage(clock: Clock, n: number, more: Partial<RemoteMessage> = {}): RemoteMessage {
  return {
    partial: false,
    remoteId: `remote-${n}`,
    folderRemoteId: 'inbox',
    messageId: `m${n}@example.com`,
    inReplyTo: [],
    references: [],
    remoteConversationId: `c${n}`,
    subject: `Question ${n}`,
    from: { name: 'Customer', address: `customer${n}@example.com` },
    sender: undefined,
    to: [],
    cc: [],
    bcc: [],
    replyTo: [],
    sentAt: clock.now(),
    receivedAt: clock.now(),
    flags: [],
    preview: 'Where is it?',
    body: { type: 'text', content: 'Where is it?' },
    hasAttachments: false,
    headers: [],
    ...more,
  }
}

import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { MailStore, MessageContent } from './index.ts'

export interface BulkOptions {
  /** Of each message as MIME, its words as plain text included. @default 34 KiB, the average of a business mailbox */
  sizeBytes?: number
  /** Id or well-known name. @default 'inbox' */
  folder?: string
}

/** One commit for so many messages: fast, and memory stays flat. */
const TOGETHER = 250
const MINUTE_MS = 60_000

const WORDS =
  'the order we spoke about has been sent and should reach you by the end of next week if anything is missing tell us'.split(
    ' ',
  )

/** Of a message's MIME; the rest is what headers, the plain text and quoted-printable add. */
const HTML_SHARE = 0.65

/** Fills a folder for measurements and tests with mail that looks different each, the newest last. */
export function seedBulk(
  { database, clock, mailStore }: { database: Database; clock: Clock; mailStore: MailStore },
  mailboxId: string,
  count: number,
  { sizeBytes = 34 * 1024, folder = 'inbox' }: BulkOptions = {},
): void {
  const end = clock.now().getTime()
  const filler = paragraphs(sizeBytes * HTML_SHARE)
  for (let first = 0; first < count; first += TOGETHER) {
    database.transaction(() => {
      for (let i = first; i < Math.min(first + TOGETHER, count); i++) {
        const receivedAt = end - (count - i) * MINUTE_MS
        mailStore.append(mailboxId, folder, bulkMessage(i, receivedAt, filler), [], {
          receivedAt,
          flags: { isRead: i % 3 === 0 },
        })
      }
    })
  }
}

function bulkMessage(i: number, sentAt: number, filler: string): MessageContent {
  const sender = { name: `Customer ${i % 997}`, address: `customer${i % 997}@customers.example` }
  return {
    subject: `Question ${i} about order ${4711 + (i % 500)}`,
    body: { contentType: 'html', content: `<html><body><p>Message ${i}</p>\n${filler}</body></html>` },
    from: sender,
    sender,
    to: [{ name: 'Contoso', address: 'contoso@contoso.example' }],
    cc: [],
    bcc: [],
    replyTo: [],
    internetMessageId: `<bulk.${i}.${sentAt}@customers.example>`,
    references: [],
    inReplyTo: [],
    sentAt,
    importance: 'normal',
    isDeliveryReceiptRequested: false,
    isReadReceiptRequested: false,
    headers: [
      {
        name: 'Received',
        value: 'from mail.customers.example by mail.protection.example; Mon, 5 Jan 2026 10:00:00 +0000',
      },
      { name: 'Message-ID', value: `<bulk.${i}.${sentAt}@customers.example>` },
    ],
  }
}

/** As Outlook writes them: more markup than words. */
function paragraphs(length: number): string {
  let text = ''
  for (let i = 0; text.length < length; i++) {
    const words = Array.from({ length: 23 }, (_, word) => WORDS[(i * 7 + word * 5) % WORDS.length]).join(' ')
    text += `<p class="MsoNormal" style="margin:0cm 0cm 8pt 0cm;line-height:107%">
<span lang="EN-US" style="font-size:11.0pt;font-family:Calibri,sans-serif;color:#1F497D">
${words}.
</span></p>
`
  }
  return text
}

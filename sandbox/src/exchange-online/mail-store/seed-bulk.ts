import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { MessageContent } from './mail-objects.ts'
import type { MailStore } from './mail-store.ts'

export interface BulkOptions {
  /** Size of each message as MIME, including its plain text. @default 34 KiB, the average of a business mailbox */
  sizeBytes?: number
  /** Folder id or well-known name. @default 'inbox' */
  folder?: string
}

/** Messages per commit: fast, with constant memory. */
const TOGETHER = 250
const MINUTE_MS = 60_000

const WORDS =
  'the order we spoke about has been sent and should reach you by the end of next week if anything is missing tell us'.split(
    ' ',
  )

/** Share of HTML in a message's MIME; the rest is the same content in plain text, and the headers. */
const HTML_SHARE = 0.72

/** Fills a folder with different messages for measurements and tests, the newest last. */
export function seedBulk(
  { database, clock, mailStore }: { database: Database; clock: Clock; mailStore: MailStore },
  mailboxId: string,
  count: number,
  { sizeBytes = 34 * 1024, folder = 'inbox' }: BulkOptions = {},
): void {
  const end = clock.now().getTime()
  const html = paragraphs(sizeBytes * HTML_SHARE)
  const filler = { html, text: html.replace(/<[^>]*>/g, '').replace(/\n+/g, '\r\n') }
  for (let first = 0; first < count; first += TOGETHER) {
    database.transaction(() => {
      for (let i = first; i < Math.min(first + TOGETHER, count); i++) {
        const receivedAt = end - (count - i) * MINUTE_MS
        const message = bulkMessage(i, receivedAt, filler.html)
        mailStore.append(mailboxId, folder, message, [], {
          receivedAt,
          // Stored as MIME like external mail, so that a measurement excludes composing.
          mime: bulkMime(message, i, filler.text),
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

function bulkMime(message: MessageContent, i: number, text: string): Uint8Array {
  const { subject, from, internetMessageId, sentAt, body } = message
  const part = (type: string, content: string) => [
    '--bulk',
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: 7bit',
    '',
    content.replace(/\r?\n/g, '\r\n'),
  ]
  return Buffer.from(
    [
      ...message.headers.filter(({ name }) => name === 'Received').map(({ name, value }) => `${name}: ${value}`),
      `From: ${from!.name} <${from!.address}>`,
      'To: Contoso <contoso@contoso.example>',
      `Subject: ${subject}`,
      `Message-ID: ${internetMessageId}`,
      `Date: ${new Date(sentAt).toUTCString().replace('GMT', '+0000')}`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/alternative; boundary=bulk',
      '',
      ...part('text/plain', `Message ${i}\n${text}`),
      ...part('text/html', body.content),
      '--bulk--',
      '',
    ].join('\r\n'),
  )
}

/** HTML paragraphs in Outlook's style, with more markup than text. */
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

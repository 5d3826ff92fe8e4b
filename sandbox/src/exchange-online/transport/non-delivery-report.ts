import { randomUUID } from 'node:crypto'
import { html, type Html } from '../../kernel/html.ts'
import { readDomain, readLocalPart } from './address.ts'
import { asRaw, fieldValue, formatDate, makeField, type RawMessage, writeMessage } from './message-header.ts'
import { REPORT_SENDER } from './mail-routes.ts'
import { insideFields, MAILBOX_SERVER, newMessageId } from './trace-fields.ts'

/** A failed recipient, with the reply of the responsible server: `550 5.1.10 …`. */
export interface Failure {
  recipient: string
  reply: string
  /** External server of the reply; `undefined` when it came from Exchange. */
  remoteServer?: string
}

/** `InternalDsnMaxMessageAttachSize`: for a larger message, the report contains only the header. */
const LARGEST_RETURNED_BYTES = 10 * 1024 * 1024

/** External servers choose their replies, so an overlong one is truncated. */
const LONGEST_REPLY = 500

/**
 * Composes the report with which Exchange notifies a sender in `domain` that a message was not delivered.
 *
 * @see RFC 3464, RFC 6522
 * @see https://learn.microsoft.com/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online
 */
export function composeNonDeliveryReport(
  original: RawMessage,
  { to, domain, at, submittedAt }: { to: string; domain: string; at: Date; submittedAt: Date },
  failures: readonly Failure[],
): Buffer {
  const messageId = fieldValue(original.fields, 'message-id')
  const boundary = `_${randomUUID()}_`
  const wholeOriginal = original.body.length <= LARGEST_RETURNED_BYTES
  const returned = writeMessage(wholeOriginal ? original : { ...original, body: Buffer.alloc(0) })

  const fields = [
    ...insideFields({ at, from: '', headerFromDomain: domain }),
    makeField('From', `Microsoft Outlook <${REPORT_SENDER}@${domain}>`),
    makeField('To', `<${asRaw(to)}>`),
    makeField('Date', formatDate(at)),
    makeField('Content-Type', `multipart/report; report-type=delivery-status; boundary="${boundary}"`),
    makeField('X-MS-Exchange-Message-Is-Ndr', ''),
    makeField('Content-Language', 'en-US'),
    makeField('Message-ID', newMessageId()),
    ...(messageId ? [makeField('In-Reply-To', messageId), makeField('References', messageId)] : []),
    makeField('Subject', `Undeliverable: ${fieldValue(original.fields, 'subject') ?? ''}`),
    makeField('Auto-Submitted', 'auto-replied'),
    makeField('MIME-Version', '1.0'),
  ]
  const inner = `_000${boundary}`
  const parts = [
    `--${boundary}`,
    `Content-Type: multipart/alternative; differences=Content-Type;\r\n boundary="${inner}"`,
    '',
    textPart(inner, 'text/plain', plainText(failures)),
    textPart(inner, 'text/html', page(failures).toString()),
    `--${inner}--`,
    '',
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    deliveryStatus(failures, submittedAt),
    `--${boundary}`,
    `Content-Type: ${wholeOriginal ? 'message/rfc822' : 'text/rfc822-headers'}`,
    'Content-Transfer-Encoding: 8bit',
    '',
    '',
  ].join('\r\n')
  const body = Buffer.concat([Buffer.from(parts, 'latin1'), returned, Buffer.from(`\r\n--${boundary}--\r\n`)])
  return writeMessage({ fields, body })
}

/** Enhanced status code of a reply, or the general `5.0.0`. @see RFC 3463 */
export function readStatus(reply: string): string {
  return /^[245]\d\d[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(reply)?.[1] ?? '5.0.0'
}

function deliveryStatus(failures: readonly Failure[], submittedAt: Date): string {
  const perMessage = [`Reporting-MTA: dns;${MAILBOX_SERVER}`, `Arrival-Date: ${formatDate(submittedAt)}`]
  const perRecipient = failures.map(({ recipient, reply, remoteServer }) => [
    asRaw(`Final-Recipient: rfc822;${recipient}`),
    'Action: failed',
    `Status: ${readStatus(reply)}`,
    ...(remoteServer === undefined ? [] : [asRaw(`Remote-MTA: dns;${remoteServer}`)]),
    makeField('Diagnostic-Code', `smtp;${oneLine(reply)}`).raw,
  ])
  return [perMessage, ...perRecipient].map((group) => [...group, ''].join('\r\n')).join('\r\n')
}

function plainText(failures: readonly Failure[]): string {
  return [
    'Delivery has failed to these recipients or groups:',
    '',
    ...failures.flatMap(({ recipient, reply }) => [recipient, explain(recipient, reply), '']),
    'Diagnostic information for administrators:',
    '',
    `Generating server: ${MAILBOX_SERVER}`,
    '',
    ...failures.flatMap(({ recipient, reply }) => [recipient, `Remote server returned '${oneLine(reply)}'`, '']),
  ].join('\r\n')
}

function page(failures: readonly Failure[]): Html {
  return html`<html>
    <body>
      <p><b>Delivery has failed to these recipients or groups:</b></p>
      ${failures.map(
        ({ recipient, reply }) =>
          html`<p><a href="mailto:${recipient}">${recipient}</a><br />${explain(recipient, reply)}</p>`,
      )}
      <p><b>Diagnostic information for administrators:</b></p>
      <p>Generating server: ${MAILBOX_SERVER}</p>
      ${failures.map(
        ({ recipient, reply }) => html`<p>${recipient}<br />Remote server returned '${oneLine(reply)}'</p>`,
      )}
    </body>
  </html>`
}

function explain(recipient: string, reply: string): string {
  return /^5\.1\./.test(readStatus(reply))
    ? `Your message couldn't be delivered. ${readLocalPart(recipient)} wasn't found at ${readDomain(recipient)}.`
    : `Your message couldn't be delivered.`
}

function textPart(boundary: string, contentType: string, content: string): string {
  const base64 = Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\r\n')
  return [
    `--${boundary}`,
    `Content-Type: ${contentType}; charset="utf-8"`,
    'Content-Transfer-Encoding: base64',
    '',
    base64,
    '',
  ].join('\r\n')
}

function oneLine(reply: string): string {
  return reply.replace(/[^\x20-\x7e]+/g, ' ').slice(0, LONGEST_REPLY)
}

import MailComposer from 'nodemailer/lib/mail-composer'
import type { Address } from '../exchange-online/mime/index.ts'

/** A validated external letter; every value can be used in a message unchanged. */
export interface Letter {
  from: Address
  to: Address[]
  cc: Address[]
  subject: string
  text: string | undefined
  html: string | undefined
  attachments: { name: string; contentType: string; content: Buffer }[]
  headers: { name: string; value: string }[]
  messageId: string
  /** Message ids with angle brackets. */
  inReplyTo: string | undefined
  references: string[]
  sentAt: Date
}

/** Composes the letter like a mail client. The addresses are for the header; the caller sets the envelope. */
export async function composeLetter(letter: Letter): Promise<Buffer> {
  const copy = ({ name, address }: Address) => ({ name, address })
  return new MailComposer({
    from: copy(letter.from),
    to: letter.to.map(copy),
    cc: letter.cc.map(copy),
    subject: letter.subject,
    messageId: letter.messageId,
    date: letter.sentAt,
    ...(letter.inReplyTo === undefined ? {} : { inReplyTo: letter.inReplyTo }),
    ...(letter.references.length === 0 ? {} : { references: letter.references }),
    // Adds an empty text, because no mail client sends a message without a body.
    ...(letter.html === undefined ? { text: letter.text ?? '' } : { html: letter.html }),
    ...(letter.text !== undefined && letter.html !== undefined ? { text: letter.text } : {}),
    attachments: letter.attachments.map(({ name, contentType, content }) => ({ filename: name, contentType, content })),
    headers: letter.headers.map(({ name, value }) => ({ key: name, value })),
    // An attachment contains bytes; a path or an address in its place is not followed.
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'windows',
  })
    .compile()
    .build()
}

/** One sample message, as its sender's mail server would deliver it. */
export interface Letter {
  /** Address of the mailbox that contains the message. */
  mailbox: string
  /** Well-known folder, or names below the inbox joined by `/`. */
  folder: string
  /** Age of the message at seeding, in hours. */
  hoursAgo: number
  mime: (date: Date) => Buffer
  isRead?: boolean
  isFlagged?: boolean
  categories?: string[]
}

/** `Mon, 05 Jan 2026 10:00:00 +0000` */
export function mailDate(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000')
}

/** Joins header fields and body lines with CRLF. Bytes above 127 are encoded as UTF-8. */
export function write(fields: readonly string[], ...body: string[]): Buffer {
  return Buffer.from([...fields, '', ...body, ''].join('\r\n'))
}

export function base64Lines(content: Uint8Array): string {
  return Buffer.from(content)
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\r\n')
}

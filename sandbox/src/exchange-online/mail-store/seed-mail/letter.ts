/** One message of the story, as it would come from the mail server of whoever wrote it. */
export interface Letter {
  /** Mail address of the mailbox it lies in. */
  mailbox: string
  /** Well-known folder, or names below the inbox joined by `/`. */
  folder: string
  /** Hours before the story is told. */
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

/** Header fields and body lines with the line breaks that mail has. Bytes above 127 go out as UTF-8. */
export function write(fields: readonly string[], ...body: string[]): Buffer {
  return Buffer.from([...fields, '', ...body, ''].join('\r\n'))
}

export function base64Lines(content: Uint8Array): string {
  return Buffer.from(content)
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\r\n')
}

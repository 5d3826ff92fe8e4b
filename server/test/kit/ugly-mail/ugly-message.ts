/** Invalid message, as real programs have sent it, with the expected result. All of them are made up. */
export interface UglyMessage {
  /** Defect of the message. */
  name: string
  source: Buffer
  /** Text that the displayed text must contain. */
  text?: string
  subject?: string
  from?: string
  /** Expected names of attachments. */
  attachments?: readonly string[]
  quarantine?: string
  /** Marks that the message must have. */
  marks?: object
}

/** Joins lines with CRLF; bytes are inserted unchanged. */
export function lines(...all: (string | Uint8Array)[]): Buffer {
  return Buffer.concat(all.flatMap((one) => [typeof one === 'string' ? Buffer.from(one) : one, Buffer.from('\r\n')]))
}

export const FROM = 'From: Kim <kim@customer.example>'
export const DATE = 'Date: Thu, 26 Nov 2026 20:00:00 +0100'

/** Returns a message with a valid header, and a body. */
export function letter(name: string, fields: readonly string[], ...body: (string | Uint8Array)[]): Buffer {
  return lines(FROM, DATE, `Subject: ${name}`, ...fields, '', ...body)
}

/** Returns a `multipart/…` of parts, each with its header lines and content. */
export function multipart(
  kind: string,
  ...parts: readonly (readonly (string | Uint8Array)[])[]
): (string | Uint8Array)[] {
  return [
    `Content-Type: multipart/${kind}; boundary="=_b"`,
    '',
    ...parts.flatMap((part) => ['--=_b', ...part]),
    '--=_b--',
  ]
}

export function withParts(name: string, kind: string, ...parts: readonly (readonly (string | Uint8Array)[])[]): Buffer {
  return lines(FROM, DATE, `Subject: ${name}`, ...multipart(kind, ...parts))
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('base64')
    .replaceAll(/(.{76})/g, '$1\r\n')
}

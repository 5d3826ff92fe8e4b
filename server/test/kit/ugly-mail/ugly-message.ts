/** One message as nobody should send it and somebody did, and what has to come of it. All of them are made up. */
export interface UglyMessage {
  /** What is wrong with it. */
  name: string
  source: Buffer
  /** Found in the text that is shown. */
  text?: string
  subject?: string
  from?: string
  /** Names of what is attached. */
  attachments?: readonly string[]
  quarantine?: string
  /** Marks that it has to have. */
  marks?: object
}

/** Lines with CRLF; bytes go in as they are. */
export function lines(...all: (string | Uint8Array)[]): Buffer {
  return Buffer.concat(all.flatMap((one) => [typeof one === 'string' ? Buffer.from(one) : one, Buffer.from('\r\n')]))
}

export const FROM = 'From: Kim <kim@customer.example>'
export const DATE = 'Date: Thu, 26 Nov 2026 20:00:00 +0100'

/** A header as it should be, and a body. */
export function letter(name: string, fields: readonly string[], ...body: (string | Uint8Array)[]): Buffer {
  return lines(FROM, DATE, `Subject: ${name}`, ...fields, '', ...body)
}

/** A `multipart/…` of parts, each with its header lines and content. */
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

/** Raw header of a message: fields are read, added and removed without changing the other bytes. */

/** One raw field, including folds, without its last line break. */
export interface RawField {
  /** As written; compared without regard to case. */
  name: string
  raw: string
}

export interface RawMessage {
  fields: RawField[]
  /** Bytes after the empty line. */
  body: Buffer
}

const FIELD = /^([\x21-\x39\x3b-\x7e]+)[ \t]*:/
const LONGEST_LINE = 76

/**
 * Splits a message; never throws, for any bytes. Lines that are not fields are dropped, as in a server that stores
 * fields instead of text. Header bytes are kept one to one (latin1), so that raw UTF-8 is preserved.
 *
 * @see RFC 5322 section 2.2
 */
export function readMessage(mime: Uint8Array): RawMessage {
  const text = withCrLf(mime)
  const end = text.startsWith('\r\n') ? 0 : text.indexOf('\r\n\r\n')
  const header = end < 0 ? text : text.slice(0, end)
  const body = end < 0 ? '' : text.slice(end + (end === 0 ? 2 : 4))

  const fields: RawField[] = []
  for (const line of header.split('\r\n')) {
    const last = fields.at(-1)
    if (/^[ \t]/.test(line)) {
      if (last) last.raw += `\r\n${line}`
      continue
    }
    const name = FIELD.exec(line)?.[1]
    if (name !== undefined) fields.push({ name, raw: line })
  }
  return { fields, body: Buffer.from(body, 'latin1') }
}

export function writeMessage({ fields, body }: RawMessage): Buffer {
  const header = fields.map(({ raw }) => `${raw}\r\n`).join('')
  return Buffer.concat([Buffer.from(`${header}\r\n`, 'latin1'), body])
}

/** Unfolded value of the first field with that name. */
export function fieldValue(fields: readonly RawField[], name: string): string | undefined {
  const field = fields.find((candidate) => isNamed(candidate, name))
  return field?.raw
    .slice(field.raw.indexOf(':') + 1)
    .replace(/\r\n(?=[ \t])/g, '')
    .trim()
}

export function countFields(fields: readonly RawField[], name: string): number {
  return fields.filter((field) => isNamed(field, name)).length
}

export function withoutFields(fields: readonly RawField[], ...names: (string | RegExp)[]): RawField[] {
  return fields.filter(
    (field) => !names.some((name) => (typeof name === 'string' ? isNamed(field, name) : name.test(field.name))),
  )
}

/** Text as header bytes: non-ASCII text becomes raw UTF-8. @see RFC 6532 */
export function asRaw(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/**
 * Creates a field, folded at spaces. Line breaks in `value` become spaces, so that it cannot add a field. Non-ASCII
 * text requires {@link asRaw}.
 */
export function makeField(name: string, value: string): RawField {
  let line = `${name}:`
  const lines: string[] = []
  for (const word of value.split(/[ \r\n]+/)) {
    if (line.length + 1 + word.length > LONGEST_LINE && line !== `${name}:`) {
      lines.push(line)
      line = ''
    }
    line += ` ${word}`
  }
  return { name, raw: [...lines, line].join('\r\n') }
}

/** `Tue, 24 Nov 2026 15:44:23 +0000`. @see RFC 5322 section 3.3 */
export function formatDate(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000')
}

function isNamed(field: RawField, name: string): boolean {
  return field.name.toLowerCase() === name.toLowerCase()
}

/** Converts line ends to CRLF, which SMTP requires; files of other systems have bare line feeds. */
function withCrLf(mime: Uint8Array): string {
  const text = Buffer.from(mime.buffer, mime.byteOffset, mime.byteLength).toString('latin1')
  return /(?<!\r)\n|\r(?!\n)/.test(text) ? text.replace(/\r\n|\r|\n/g, '\r\n') : text
}

/**
 * Sets header fields of a message and keeps all other bytes. A field is replaced in place; further ones of the same
 * name, and those without a value, are removed; new ones are appended to the header. Values are header text: ASCII, or
 * encoded words.
 */
export function amendHeader(mime: Uint8Array, values: Readonly<Record<string, string | undefined>>): Uint8Array {
  const text = Buffer.from(mime.buffer, mime.byteOffset, mime.byteLength).toString('latin1')
  const end = /(?:^|\n)(?=\r?\n)/.exec(text)
  const bodyStart = end ? end.index + end[0].length : text.length
  const lineBreak = /\r?\n/.exec(text)?.[0] ?? '\r\n'

  const missing = new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), { name, value }]))
  const wanted = new Set(missing.keys())
  const fields = text
    .slice(0, bodyStart)
    .split(/(?<=\n)(?![ \t])/)
    .filter((field) => field !== '')
  const amended = fields.map((field) => {
    const name = /^([!-9;-~]+)[ \t]*:/.exec(field)?.[1]?.toLowerCase()
    if (name === undefined || !wanted.has(name)) return field
    const written = missing.get(name)
    missing.delete(name)
    return written?.value === undefined ? '' : `${written.name}: ${written.value}${lineBreakOf(field) || lineBreak}`
  })
  const last = amended.at(-1)
  if (last !== undefined && last !== '' && lineBreakOf(last) === '') amended.push(lineBreak)
  for (const { name, value } of missing.values()) {
    if (value !== undefined) amended.push(`${name}: ${value}${lineBreak}`)
  }
  return new Uint8Array(Buffer.from(amended.join('') + text.slice(bodyStart), 'latin1'))
}

function lineBreakOf(field: string): string {
  return /\r?\n$/.exec(field)?.[0] ?? ''
}

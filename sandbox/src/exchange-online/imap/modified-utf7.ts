/** Encodes a folder name for the protocol. @see RFC 3501 §5.1.3 */
export function encodeUtf7(name: string): string {
  return name.replace(/[^\x20-\x7e]+|&/g, (run) => {
    if (run === '&') return '&-'
    const bytes = Buffer.from(run, 'utf16le').swap16()
    return `&${bytes.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`
  })
}

/**
 * Decodes a folder name; `undefined` for invalid modified UTF-7. Non-ASCII bytes are decoded as UTF-8, because clients
 * send it.
 */
export function decodeUtf7(wire: string): string | undefined {
  if (/[^\x20-\x7e]/.test(wire)) {
    const text = Buffer.from(wire, 'latin1').toString('utf8')
    return /[\u0000-\u001f\u007f\ufffd]/.test(text) ? undefined : text
  }
  const runs = [...wire.matchAll(/&([^-]*)(-?)/g)].map(([, coded, end]) => decodeRun(coded!, end === '-'))
  if (runs.includes(undefined)) return undefined
  let next = 0
  const name = wire.replace(/&[^-]*-?/g, () => runs[next++]!)
  return name.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(name) ? name : undefined
}

function decodeRun(coded: string, isClosed: boolean): string | undefined {
  if (!isClosed || !/^[A-Za-z0-9+,]*$/.test(coded)) return undefined
  if (coded === '') return '&'
  const bytes = Buffer.from(coded.replaceAll(',', '/'), 'base64')
  return bytes.length % 2 === 0 ? bytes.swap16().toString('utf16le') : undefined
}

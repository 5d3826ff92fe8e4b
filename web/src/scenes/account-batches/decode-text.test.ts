import { expect, it } from 'vitest'
import { decodeText } from './decode-text.ts'

const TEXT = 'Jürgen Müßig'

it.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${TEXT}`)],
  ['UTF-16, as Windows PowerShell writes it', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
  ['UTF-16 in the other byte order', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16()],
  ['windows-1252, as Excel writes CSV', Buffer.from(TEXT, 'latin1')],
])('decodes %s', (_name, bytes) => {
  expect(decodeText(Uint8Array.from(bytes).buffer)).toBe(TEXT)
})

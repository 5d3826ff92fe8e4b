import { oneLine } from './header-fields.ts'
import type { Address } from './message-content.ts'

/** An address in header format; a display name that is not plain ASCII becomes an encoded word (RFC 2047). */
export function addressField({ name, address }: Address): string {
  const addrSpec = `<${oneLine(address).replace(/[<>]/g, '')}>`
  const text = oneLine(name)
  if (text === '' || text === address) return addrSpec
  if (/^[\x20-\x7e]*$/.test(text)) return `"${text.replace(/["\\]/g, '\\$&')}" ${addrSpec}`
  return `${encodedWords(text)} ${addrSpec}`
}

function encodedWords(text: string): string {
  const words: string[] = []
  let word = ''
  for (const character of text) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word)
      word = ''
    }
    word += character
  }
  return [...words, word].map((each) => `=?utf-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ')
}

import { bodyText } from './html-text.ts'
import type { MessageBody } from './message.ts'

/** Text that is marked in an excerpt: words that follow each other, in lower case. */
export interface MarkedWords {
  words: readonly string[]
  /** The last word is complete; otherwise it is a beginning. */
  isPhrase: boolean
}

const BEFORE = 40
const LENGTH = 200
/** Advertisements use them to push their text out of previews. */
const INVISIBLE = /[\u00ad\u034f\u200b-\u200f\u2060\ufeff]/g
const IN_WORD = '[\\p{L}\\p{N}\\p{M}]'
const BETWEEN = '[^\\p{L}\\p{N}\\p{M}]{1,20}'

/** Returns the part of a body, in one line, around the first of these words; undefined if none is in it. */
export function createExcerpt(body: MessageBody, marked: readonly MarkedWords[]): string | undefined {
  const pattern = patternOf(marked)
  if (!pattern) return undefined
  const text = bodyText(body).normalize('NFC').replaceAll(INVISIBLE, '')
  const at = pattern.exec(text)?.index
  if (at === undefined) return undefined
  const line = (part: string) => part.replaceAll(/\s+/g, ' ')
  const before = line(text.slice(Math.max(0, at - 3 * BEFORE), at)).slice(-BEFORE)
  const isCut = at > BEFORE
  const start = isCut ? before.replace(/^\S*\s/, '') : before.trimStart()
  const rest = line(text.slice(at, at + 2 * LENGTH)).slice(0, LENGTH)
  return `${isCut ? '… ' : ''}${start}${rest}`.trim().toWellFormed()
}

/** True if one of the words is in a text of one line, such as a file name. */
export function hasMarked(text: string, marked: readonly MarkedWords[]): boolean {
  return patternOf(marked)?.test(text.normalize('NFC')) ?? false
}

function patternOf(marked: readonly MarkedWords[]): RegExp | undefined {
  const parts = marked
    .filter(({ words }) => words.length > 0)
    .map(({ words, isPhrase }) => `${words.join(BETWEEN)}${isPhrase ? `(?!${IN_WORD})` : ''}`)
  return parts.length === 0 ? undefined : new RegExp(`(?<!${IN_WORD})(?:${parts.join('|')})`, 'iu')
}

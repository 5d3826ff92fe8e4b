/**
 * All texts that people read, one catalogue per language; a scene has a file of its own in it. English is the first, and
 * the others will have its shape. Sentences that take values are functions, so that no text is put together elsewhere.
 */
import { english } from './en/index.ts'

export type Words = typeof english

export const words: Words = english
/** For `Intl`: how dates and numbers are written. */
export const language = navigatorLanguage()

function navigatorLanguage(): string {
  // English words with the reader's own way of writing dates, as far as that is English too.
  const own = (globalThis.navigator as Navigator | undefined)?.languages.find((tag) => tag.startsWith('en'))
  return own ?? 'en'
}

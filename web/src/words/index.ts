/**
 * All texts of the UI, one catalog per language with one file per scene. English is the first; others will have its
 * shape. Texts with values are functions, so that no text is assembled elsewhere.
 */
export * as words from './en/index.ts'

/** Locale for `Intl`: format of dates and numbers. */
export const language = navigatorLanguage()

function navigatorLanguage(): string {
  // English texts with the reader's own date format, if that is English too.
  const own = (globalThis.navigator as Navigator | undefined)?.languages.find((tag) => tag.startsWith('en'))
  return own ?? 'en'
}

import { language, words } from '../../words/index.ts'

const MOST_NAMED = 3

/** `a, b, c and 47 more`: an expired secret stops fifty mailboxes, and a line has room for three. */
export function shortNames(names: readonly string[], most: number = MOST_NAMED): string {
  const rest = names.length - most
  const shown = rest > 1 ? [...names.slice(0, most), words.andMore(rest)] : names
  return new Intl.ListFormat(language).format(shown)
}

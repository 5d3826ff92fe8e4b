import { abbreviateAddresses } from '../../doctor/index.ts'

/** User name and password of a URL. */
const CREDENTIALS = /\/\/[^\s/"'@]+@/g
/** Signed tokens, keys of the API, and other long words without a meaning. Ids have 36 characters. */
const TOKENS = [
  /\beyJ[\w-]{8,}(?:\.[\w-]+)*/g,
  /\bpostkey_(?=[\w-]*[A-Z\d])[\w-]{20,}/g,
  /[\w+/-]{3}[\w+-]{45,}={0,2}/g,
]

/** Removes addresses and what looks like a secret, as a second safeguard: no part of a bundle is to contain them. */
export function redact(text: string): string {
  const withoutTokens = TOKENS.reduce((left, pattern) => left.replaceAll(pattern, '[removed]'), text)
  return abbreviateAddresses(withoutTokens.replaceAll(CREDENTIALS, '//[removed]@'))
}

/** Words of an installation that a finding or an entry of the log can contain, and what a bundle has in their place. */
export type HiddenNames = readonly { name: string; label: string }[]

/** Shorter names would be found inside of other words. */
const SHORTEST_NAME = 3

/** Replaces the names of mailboxes, Cloud Providers and the public address by their keys and ids. */
export function hideNames(text: string, names: HiddenNames): string {
  const known = names.filter(({ name }) => name.length >= SHORTEST_NAME)
  return known
    .toSorted((a, b) => b.name.length - a.name.length)
    .reduce((left, { name, label }) => left.replaceAll(wholeWord(name), label), text)
}

/** Matches the name in any case, also as it is written in JSON, but not within a longer word. */
function wholeWord(name: string): RegExp {
  const forms = [name, JSON.stringify(name).slice(1, -1)].map((form) => form.replaceAll(/[$()*+./?[\\\]^{|}]/g, '\\$&'))
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${forms.join('|')})(?![\\p{L}\\p{N}])`, 'giu')
}

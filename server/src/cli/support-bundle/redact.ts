import { abbreviateAddresses } from '../../doctor/index.ts'
import { hideHosts } from './hide-hosts.ts'

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

export interface Hiding {
  /** False for an installation that can't be opened: texts of other programs may contain any name. */
  knowsNames: boolean
  /** Removes known names, hosts, addresses and what looks like a secret from a text. */
  hide: (text: string) => string
}

/** A single letter would be found everywhere. */
const SHORTEST_NAME = 2
/** Shorter names must have the same case: others would be found among ordinary words. */
const SHORTEST_IN_ANY_CASE = 3

export function createHiding(names: HiddenNames | undefined): Hiding {
  const hideNames = createReplacement(names ?? [])
  return { knowsNames: names !== undefined, hide: (text) => hideHosts(redact(hideNames(text))) }
}

/** Replaces names by their labels. All are searched for at once, because an installation has thousands. */
function createReplacement(names: HiddenNames): (text: string) => string {
  const labels = new Map<string, string>()
  for (const { name, label } of names) {
    // As it is, and as it is written in JSON.
    for (const form of [name, JSON.stringify(name).slice(1, -1)]) {
      if (form.length >= SHORTEST_NAME) labels.set(keyOf(form), label)
    }
  }
  const forms = [...labels.keys()].toSorted((a, b) => b.length - a.length)
  const long = wholeWords(
    forms.filter((form) => form.length >= SHORTEST_IN_ANY_CASE),
    'giu',
  )
  const short = wholeWords(
    forms.filter((form) => form.length < SHORTEST_IN_ANY_CASE),
    'gu',
  )
  const labelOf = (found: string) => labels.get(keyOf(found)) ?? '[name]'
  return (text) => [long, short].reduce((left, pattern) => (pattern ? left.replaceAll(pattern, labelOf) : left), text)
}

function keyOf(name: string): string {
  return name.length < SHORTEST_IN_ANY_CASE ? name : name.toLowerCase()
}

/** Matches each of the names, but not within a longer word. */
function wholeWords(names: readonly string[], flags: string): RegExp | undefined {
  if (names.length === 0) return undefined
  const words = names.map((name) => name.replaceAll(/[$()*+./?[\\\]^{|}]/g, '\\$&'))
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join('|')})(?![\\p{L}\\p{N}])`, flags)
}

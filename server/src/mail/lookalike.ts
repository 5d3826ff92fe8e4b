import { domainToUnicode } from 'node:url'
import { asciiDomain } from './domains.ts'

/** Scripts that may be combined in a label (UTS #39 §5.2, Highly Restrictive). */
const COMBINATIONS = ['Latin Han Hiragana Katakana', 'Latin Han Bopomofo', 'Latin Han Hangul'].map(
  (names) => new Set(names.split(' ')),
)
const SCRIPTS =
  'Latin Cyrillic Greek Armenian Cherokee Georgian Hebrew Arabic Devanagari Thai Han Hiragana Katakana Bopomofo Hangul'
    .split(' ')
    .map((name) => [name, new RegExp(`^\\p{Script=${name}}$`, 'u')] as const)
const WITHOUT_SCRIPT = /^[\p{Script=Common}\p{Script=Inherited}]$/u

/** Letters that look like Latin ones: a label of only these can spell a Latin word. */
const LIKE_LATIN: Readonly<Record<string, RegExp>> = {
  Cyrillic: /^[асԁеһіјӏорԛѕԝхуъьҽпгѵѡ\d-]+$/u,
  Greek: /^[αικνρυωηοτ\d-]+$/u,
}
/** Top-level domains of countries whose names are written in Cyrillic. */
const CYRILLIC_TLDS = new Set(['bg', 'by', 'kz', 'ru', 'su', 'ua', 'uz'])
/** Letters of European languages that have no decomposition into an ASCII letter and its accents. */
const OWN_LETTERS = 'æœøßłđðþŋħŧə'
const DOTLESS_I_TLDS = new Set(['az', 'tr'])

/**
 * Describes a domain that can pass for another one: labels of mixed scripts, a foreign script that spells Latin
 * letters, Latin letters outside of any alphabet, Punycode that doesn't decode. Accented letters are ordinary in names
 * and accepted: an imitation such as `mïcrosoft` can't be detected without a list of names.
 *
 * @returns the domain as displayed and in its ASCII form, or undefined for an ordinary domain
 * @see UTS #39 §5
 */
export function findLookalike(domain: string): string | undefined {
  if (!/[^\x20-\x7e]|xn--/i.test(domain)) return undefined
  const ascii = asciiDomain(domain)
  const seen = ascii === undefined ? '' : domainToUnicode(ascii)
  if (ascii === undefined || seen === '') return domain
  // Compatibility letters, such as full-width ones, are used to mislead.
  const isCompatibility = domain.normalize('NFKC') !== domain.normalize('NFC')
  const labels = seen.split('.')
  const tld = labels.at(-1)!
  const isSuspicious = isCompatibility || labels.some((label) => isLookalikeLabel(label, tld))
  return isSuspicious ? `${seen} (${ascii})` : undefined
}

function isLookalikeLabel(label: string, tld: string): boolean {
  // A label that doesn't decode keeps its prefix.
  if (label.startsWith('xn--')) return true
  const scripts = scriptsOf(label)
  if (scripts.size > 1) return !COMBINATIONS.some((allowed) => [...scripts].every((script) => allowed.has(script)))
  const [script] = scripts
  if (script === 'Latin') return Array.from(label).some((letter) => !isLatinLetter(letter, tld))
  const isForeignTld = /^[a-z]/.test(tld) && !(script === 'Cyrillic' && CYRILLIC_TLDS.has(tld))
  return isForeignTld && (LIKE_LATIN[script ?? '']?.test(label) ?? false)
}

function scriptsOf(label: string): Set<string> {
  const found = new Set<string>()
  for (const letter of label) {
    if (WITHOUT_SCRIPT.test(letter)) continue
    found.add(SCRIPTS.find(([, script]) => script.test(letter))?.[0] ?? 'another')
  }
  return found
}

function isLatinLetter(letter: string, tld: string): boolean {
  if (letter <= '\u007f' || WITHOUT_SCRIPT.test(letter) || OWN_LETTERS.includes(letter)) return true
  return letter === 'ı' ? DOTLESS_I_TLDS.has(tld) : /^[a-z]/.test(letter.normalize('NFD'))
}

/**
 * Rules for addresses to which a browser may return. Both sides are compared as parsed by the URL standard, as browsers
 * parse them, and the browser gets the parsed form: no difference between two parsers can redirect it elsewhere.
 *
 * @see RFC 9700 §4.1.3, RFC 8252 §7.3
 */

const MOST_CHARACTERS = 2000
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
/** Query parameters with the signed result, which the address of a program can't contain. */
export const RESULT_PARAMETER = 'postkey_result'
/** The same result, signed with the secret before, in the day after a change. */
export const PREVIOUS_PARAMETER = 'postkey_result_previous'
/** Encoded separators, which some servers decode and others don't. */
const ENCODED_SEPARATOR = /%(2f|5c|2e|00)/i

/**
 * Parses an address with https, or with http on the machine of a developer, without credentials and fragment. Returns
 * undefined for any other text.
 */
export function parseReturnUrl(text: string): URL | undefined {
  // The parser would remove tabs and newlines silently.
  if (text.length > MOST_CHARACTERS || /[\x00-\x20\\#\x7f]/.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname))
  if (!isSecure || url.username !== '' || url.password !== '' || ENCODED_SEPARATOR.test(url.pathname)) return undefined
  if (url.searchParams.has(RESULT_PARAMETER) || url.searchParams.has(PREVIOUS_PARAMETER)) return undefined
  return url
}

export interface ReturnUrlRule {
  url: string
  match: 'exact' | 'prefix'
}

/**
 * True if the rule allows the address. `exact`: the same address. `prefix`: the same origin, and a path that is equal or
 * below it, with any query.
 */
export function allowsReturn({ url: allowed, match }: ReturnUrlRule, url: URL): boolean {
  if (match === 'exact') return new URL(allowed).href === url.href
  const { origin, pathname } = new URL(allowed)
  const folder = pathname.endsWith('/') ? pathname : `${pathname}/`
  return url.origin === origin && (url.pathname === pathname || url.pathname.startsWith(folder))
}

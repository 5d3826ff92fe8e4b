import type { Field } from './automatic.ts'
import { domainOfAddress, isSameOrganization } from './domains.ts'
import type { AuthenticationMark } from './marks.ts'

/**
 * Returns the sender checks of the trusted server (RFC 8601). Only its topmost field counts: a sender can write such
 * fields below it, and a border server removes those in its own name (§5).
 *
 * The verdict is `pass` only for exactly one From address whose domain DMARC confirmed. Any other result is neutral,
 * because the displayed address may differ from the checked one. Exchange's `bestguesspass` isn't a DMARC result: the
 * domain publishes no record.
 *
 * @param trustedAuthServId empty for a server without a name, as Exchange Online: the topmost field must begin with a
 *   result
 * @param from all addresses of all From fields
 * @see https://learn.microsoft.com/defender-office-365/message-headers-eop-mdo
 * @see RFC 7489 §3.1
 */
export function readAuthentication(
  fields: readonly Field[],
  trustedAuthServId: string | undefined,
  from: readonly string[],
): AuthenticationMark | undefined {
  if (trustedAuthServId === undefined) return undefined
  const all = fields.filter(({ name }) => name.toLowerCase() === 'authentication-results')
  const found =
    trustedAuthServId === ''
      ? all.slice(0, 1).find(({ value }) => /^\s*[\w-]+\s*=/.test(withoutComments(value)))
      : all.find(({ value }) => serverOf(value) === trustedAuthServId.toLowerCase())
  if (!found) return undefined
  const results = resultsOf(withoutComments(found.value))
  const fromDomain = from[0] === undefined ? undefined : domainOfAddress(from[0])
  const fromFields = fields.filter(({ name }) => name.toLowerCase() === 'from').length
  const isOneSender = from.length === 1 && fromFields <= 1
  const result = (method: string) => results.find((one) => one.method === method)
  const [dmarc, spf] = [result('dmarc'), result('spf')]
  const dkim = results.find(({ method, result: said }) => method === 'dkim' && said === 'pass') ?? result('dkim')
  return {
    authServId: trustedAuthServId,
    verdict: verdictOf(results, isOneSender ? fromDomain : undefined),
    dmarc: dmarc?.result,
    headerFrom: headerFromOf(dmarc),
    dkim: dkim?.result,
    spf: spf?.result,
    fromDomain,
  }
}

interface Result {
  method: string
  result: string
  /** Properties such as `header.d` and `smtp.mailfrom`, in lower case. */
  properties: ReadonlyMap<string, string>
}

function verdictOf(results: readonly Result[], fromDomain: string | undefined): AuthenticationMark['verdict'] {
  const dmarc = results.filter(({ method }) => method === 'dmarc')
  if (dmarc.some(({ result }) => result === 'fail')) return 'fail'
  const confirms = (one: Result) => {
    const headerFrom = headerFromOf(one)
    return one.result === 'pass' && headerFrom !== undefined && isSameOrganization(headerFrom, fromDomain!)
  }
  if (fromDomain !== undefined && dmarc.length > 0 && dmarc.every(confirms)) return 'pass'
  return results.some(({ method, result }) => method === 'spf' && result === 'fail') ? 'fail' : 'none'
}

/** Returns the domain that DMARC evaluated (RFC 8601 §2.7.5). Some servers write the whole address. */
function headerFromOf(dmarc: Result | undefined): string | undefined {
  const said = dmarc?.properties.get('header.from')
  return said === undefined ? undefined : said.slice(said.lastIndexOf('@') + 1) || undefined
}

/** Returns the server name from `authserv-id [version]` before the first semicolon. */
function serverOf(value: string): string {
  return withoutComments(value).split(';')[0]!.trim().split(/\s+/)[0]!.replaceAll('"', '').toLowerCase()
}

function resultsOf(value: string): Result[] {
  const found: Result[] = []
  for (const piece of value.split(';').slice(0, 100)) {
    const [first, ...others] = piece.trim().split(/\s+/)
    const [, method, result] = /^([a-z][\w-]*)(?:\/\d+)?=([\w-]+)$/i.exec(first ?? '') ?? []
    if (method === undefined || result === undefined) continue
    const properties = new Map<string, string>()
    for (const other of others) {
      const [, name, said] = /^([a-z]+\.[\w-]+)=(.+)$/i.exec(other) ?? []
      if (name && said) properties.set(name.toLowerCase(), said.replaceAll('"', '').toLowerCase())
    }
    found.push({ method: method.toLowerCase(), result: result.toLowerCase(), properties })
  }
  return found
}

/**
 * Removes comments, which may contain any text including semicolons and results (RFC 8601 §2.2). Quoted strings may
 * too, such as a local part chosen by the sender: their separators are replaced.
 */
function withoutComments(value: string): string {
  let [kept, depth, isQuoted] = ['', 0, false]
  for (let at = 0; at < Math.min(value.length, LONGEST_VALUE); at++) {
    const sign = value[at]!
    if (sign === '\\') at++
    else if (sign === '"' && depth === 0) isQuoted = !isQuoted
    else if (isQuoted) kept += /[;\s=]/.test(sign) ? '_' : sign
    else if (sign === '(') depth++
    else if (sign === ')') depth = Math.max(0, depth - 1)
    else if (depth === 0) kept += sign
  }
  return kept.replaceAll(/\s+/g, ' ').replaceAll(/ ?= ?/g, '=')
}

const LONGEST_VALUE = 20_000

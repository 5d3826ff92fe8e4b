import type { Field } from './automatic.ts'
import type { AuthenticationMark } from './marks.ts'

/**
 * What the server that we trust found out about the sender (RFC 8601). Only the topmost field of that server counts:
 * whoever sends mail can write such fields below it, and a border server takes away those in its own name (§5).
 *
 * An empty `trustedAuthServId` stands for a server that names nobody, as Exchange Online does: then the topmost field
 * has to begin with a result.
 *
 * @see https://learn.microsoft.com/defender-office-365/message-headers-eop-mdo
 */
export function authenticationOf(
  fields: readonly Field[],
  trustedAuthServId: string | undefined,
  fromAddress: string | undefined,
): AuthenticationMark | undefined {
  if (trustedAuthServId === undefined) return undefined
  const all = fields.filter(({ name }) => name.toLowerCase() === 'authentication-results')
  const found =
    trustedAuthServId === ''
      ? all.slice(0, 1).find(({ value }) => /^\s*[\w-]+\s*=/.test(withoutComments(value)))
      : all.find(({ value }) => serverOf(value) === trustedAuthServId.toLowerCase())
  if (!found) return undefined
  const results = resultsOf(withoutComments(found.value))
  const fromDomain = fromAddress?.slice(fromAddress.lastIndexOf('@') + 1).toLowerCase() || undefined
  const result = (method: string) => results.find((one) => one.method === method)
  const [dmarc, spf] = [result('dmarc'), result('spf')]
  const dkim = results.find(({ method, result: said }) => method === 'dkim' && said === 'pass') ?? result('dkim')
  return {
    authServId: trustedAuthServId,
    verdict: verdictOf(results, fromDomain),
    dmarc: dmarc?.result,
    dkim: dkim?.result,
    spf: spf?.result,
    fromDomain,
  }
}

interface Result {
  method: string
  result: string
  /** `header.d`, `smtp.mailfrom` and the like, in lower case. */
  properties: ReadonlyMap<string, string>
}

/** DMARC says it for the domain of From; where nobody publishes it, DKIM and SPF say it for domains of their own. */
function verdictOf(results: readonly Result[], fromDomain: string | undefined): AuthenticationMark['verdict'] {
  const dmarc = results.find(({ method }) => method === 'dmarc')?.result
  if (dmarc === 'pass' || dmarc === 'bestguesspass') return 'pass'
  if (dmarc === 'fail') return 'fail'
  const isOwn = (domain: string | undefined) => domain !== undefined && domain === fromDomain
  for (const { method, result, properties } of results) {
    if (result !== 'pass') continue
    if (method === 'dkim' && isOwn(properties.get('header.d') ?? domainOf(properties.get('header.i')))) return 'pass'
    if (method === 'spf' && isOwn(domainOf(properties.get('smtp.mailfrom')))) return 'pass'
  }
  return results.some(({ method, result }) => method === 'spf' && result === 'fail') ? 'fail' : 'none'
}

function domainOf(address: string | undefined): string | undefined {
  return address?.slice(address.lastIndexOf('@') + 1)
}

/** `authserv-id [version]` before the first semicolon. */
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

/** Comments may hold anything, semicolons and results as well (RFC 8601 §2.2). */
function withoutComments(value: string): string {
  let [kept, depth] = ['', 0]
  for (let at = 0; at < Math.min(value.length, 20_000); at++) {
    const sign = value[at]!
    if (sign === '\\') at++
    else if (sign === '(') depth++
    else if (sign === ')') depth = Math.max(0, depth - 1)
    else if (depth === 0) kept += sign === '\r' || sign === '\n' ? ' ' : sign
  }
  return kept.replaceAll(/\s*=\s*/g, '=')
}

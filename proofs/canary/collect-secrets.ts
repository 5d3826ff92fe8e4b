/** Secrets of a run, taken from the recorded exchanges that created them. */
import type { Exchange } from './exchange.ts'
import { toRoute } from './exchange.ts'
import type { NamedSecret } from './find-secrets.ts'

/** Fields of a request to the token endpoint, and of its answer (RFC 6749 §4.1.3, §5.1, RFC 7636 §4.5). */
const ASKED = ['code', 'code_verifier', 'client_secret', 'client_assertion', 'refresh_token']
const ANSWERED = ['access_token', 'refresh_token', 'id_token']

/** The protocol returns a code in the address: in Postkey's, and in the portal's for its own sign-in. */
const REDIRECT_URIS = ['GET /oauth/callback', 'GET /signin-oidc'].map((route) => `address of ${route}`)

/** Responses that return a secret once, with the field. */
export const SHOWN_ONCE: Readonly<Record<string, string>> = {
  'POST /v1/account/authenticator-app': 'secret',
  'POST /v1/alert-webhooks': 'secret',
  'POST /v1/api-keys': 'key',
  'POST /v1/connect-sessions': 'url',
  'POST /v1/invitations': 'url',
  'POST /v1/people/:id/reset-link': 'url',
  'POST /v1/return-urls': 'secret',
  'POST /v1/return-urls/:id/secret': 'secret',
  'POST /v1/sign-in-links': 'url',
  'POST /v1/webhooks': 'secret',
  'POST /v1/webhooks/:id/secret': 'secret',
  'POST /v1/work-orders': 'url',
}

export function collectSecrets(exchanges: readonly Exchange[]): NamedSecret[] {
  const found = exchanges.flatMap((exchange) =>
    exchange.program === 'sandbox' ? secretsOfTokens(exchange) : secretsOfPostkey(exchange),
  )
  // For equal values the first entry, because it knows the allowed places.
  return [...new Map(found.toReversed().map((secret) => [secret.value, secret])).values()].toReversed()
}

function secretsOfTokens({ method, url, requestBody, responseBody }: Exchange): NamedSecret[] {
  if (method !== 'POST' || !/\/oauth2\/v2\.0\/token$/.test(url)) return []
  const form = new URLSearchParams(requestBody)
  const answer = jsonOf(responseBody)
  return [
    ...ASKED.flatMap((name) => named(name, form.get(name))),
    ...ANSWERED.flatMap((name) => named(name, answer[name])),
  ].map((secret) => (secret.name === 'code' ? { ...secret, mayBeIn: REDIRECT_URIS } : secret))
}

function secretsOfPostkey(exchange: Exchange): NamedSecret[] {
  const route = toRoute(exchange)
  const request = jsonOf(exchange.requestBody)
  const field = SHOWN_ONCE[route]
  const shown =
    field === undefined ? [] : named(`${field} of ${route}`, linkToken(jsonOf(exchange.responseBody)[field]))
  return [
    ...shown.map((secret) => ({ ...secret, mayBeIn: [`answer to ${route}`] })),
    ...cookiesOf(exchange.responseHead),
    ...named(/ \/v1\/email-accounts(?:\/|$)/.test(route) ? 'password of a mailbox' : 'password', request.password),
    ...['secret', 'newPassword'].flatMap((name) => named(name, request[name])),
    ...named('secret', (request.credential as Record<string, unknown> | undefined)?.secret),
  ]
}

function cookiesOf(head: string): NamedSecret[] {
  return [...head.matchAll(/^set-cookie: ([^=]+)=([^;\r]*)/gim)].flatMap(([, name = '', value = '']) => [
    ...named(`cookie ${name}`, value),
    ...named(`cookie ${name}`, decodeURIComponent(value)),
  ])
}

/** Only the part of a link after its `#` is secret. */
function linkToken(value: unknown): unknown {
  return typeof value === 'string' && value.includes('#') ? value.slice(value.indexOf('#') + 1) : value
}

function named(name: string, value: unknown): NamedSecret[] {
  return typeof value === 'string' && value.length >= 8 ? [{ name, value }] : []
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) as Record<string, unknown> | null) ?? {}
  } catch {
    return {}
  }
}

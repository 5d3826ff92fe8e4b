import type { Application } from '../tenants/index.ts'

/** The platforms of a registration; they decide how a code is redeemed. */
export type Platform = 'web' | 'spa' | 'publicClient'

export interface RegisteredRedirect {
  platform: Platform
  /** As registered. */
  uri: string
}

type Redirects = {
  web: Pick<Application['web'], 'redirectUris'>
  spa: Application['spa']
  publicClient: Application['publicClient']
}

export function redirectsOf(application: Redirects): RegisteredRedirect[] {
  return (['web', 'spa', 'publicClient'] as const).flatMap((platform) =>
    application[platform].redirectUris.map((uri) => ({ platform, uri })),
  )
}

/**
 * The registered redirect URI that `given` matches: the same text, case and all. Two exceptions: the port is
 * ignored on localhost and 127.0.0.1, and a URI without a path is the same with a slash.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/reply-url
 */
export function matchRedirectUri(application: Redirects, given: string): RegisteredRedirect | undefined {
  const wanted = comparable(given)
  if (wanted === undefined) return undefined
  return redirectsOf(application).find(({ uri }) => comparable(uri) === wanted)
}

/** A fragment is never allowed (RFC 6749 §3.1.2). */
function comparable(uri: string): string | undefined {
  if (!URL.canParse(uri) || uri.includes('#') || /^(javascript|data|vbscript):/i.test(uri)) return undefined
  const { protocol, hostname, username } = new URL(uri)
  const local = /^https?:$/.test(protocol) && (hostname === 'localhost' || hostname === '127.0.0.1') && username === ''
  const text = local ? uri.replace(/^(https?:\/\/[^/?]*?):\d+/i, '$1') : uri
  return withSlash(text)
}

/** A URI without a path comes back with a slash: `https://app.example` as `https://app.example/`. */
export function withSlash(uri: string): string {
  return /^https?:\/\/[^/?#]+$/i.test(uri) ? `${uri}/` : uri
}

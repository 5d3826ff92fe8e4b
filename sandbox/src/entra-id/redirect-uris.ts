import type { Application } from '../tenants/index.ts'

/** Platform of a registered redirect URI. It determines how a code is redeemed. */
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

export function listRedirects(application: Redirects): RegisteredRedirect[] {
  return (['web', 'spa', 'publicClient'] as const).flatMap((platform) =>
    application[platform].redirectUris.map((uri) => ({ platform, uri })),
  )
}

/**
 * Finds the registered redirect URI that matches `given` exactly, including case. Two exceptions: the port is ignored
 * on localhost and 127.0.0.1, and a URI without a path equals the one with a slash.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/reply-url
 */
export function matchRedirectUri(application: Redirects, given: string): RegisteredRedirect | undefined {
  const wanted = comparable(given)
  if (wanted === undefined) return undefined
  return listRedirects(application).find(({ uri }) => comparable(uri) === wanted)
}

/** A fragment is never allowed (RFC 6749 §3.1.2). */
function comparable(uri: string): string | undefined {
  if (!URL.canParse(uri) || uri.includes('#') || /^(javascript|data|vbscript):/i.test(uri)) return undefined
  const { protocol, hostname, username } = new URL(uri)
  const local = /^https?:$/.test(protocol) && (hostname === 'localhost' || hostname === '127.0.0.1') && username === ''
  const text = local ? uri.replace(/^(https?:\/\/[^/?]*?):\d+/i, '$1') : uri
  return withSlash(text)
}

/** Adds a slash to a URI without a path: `https://app.example` becomes `https://app.example/`. */
export function withSlash(uri: string): string {
  return /^https?:\/\/[^/?#]+$/i.test(uri) ? `${uri}/` : uri
}

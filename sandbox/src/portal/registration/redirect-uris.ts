/**
 * Rules for redirect URIs. One set applies to the portal's text boxes, its manifest editor and Microsoft Graph; the
 * text boxes are stricter in three points.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/reply-url
 */
import type { Application, SignInAudience } from '../../tenants/index.ts'

/** Platform of a redirect URI, with Graph's names. */
export type Platform = 'web' | 'spa' | 'publicClient'

export const PLATFORMS: readonly Platform[] = ['web', 'spa', 'publicClient']

/** The portal's names of the platforms. */
export const PLATFORM_NAMES: Record<Platform, string> = {
  web: 'Web',
  spa: 'Single-page application',
  publicClient: 'Mobile and desktop applications',
}

/** `text-box`: entered in the portal's form; `object`: part of a manifest or of a Graph request. */
export type EnteredBy = 'text-box' | 'object'

export const MAX_REDIRECT_URI_LENGTH = 256

const UNSUPPORTED_CHARACTERS = /[!$'(),;]/
const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1'])
/** Schemes with which a browser runs or reads something instead of redirecting to the application. */
const DANGEROUS_SCHEMES = new Set([
  'javascript:',
  'data:',
  'vbscript:',
  'file:',
  'blob:',
  'about:',
  'ftp:',
  'ws:',
  'wss:',
])

export function signsInPersonalAccounts(audience: SignInAudience): boolean {
  return audience === 'AzureADandPersonalMicrosoftAccount' || audience === 'PersonalMicrosoftAccount'
}

export function maxRedirectUris(audience: SignInAudience): number {
  return signsInPersonalAccounts(audience) ? 100 : 256
}

/** Error in `uri` itself, as a sentence; `undefined` when it is valid. */
export function faultOfRedirectUri(
  uri: string,
  platform: Platform,
  audience: SignInAudience,
  enteredBy: EnteredBy,
): string | undefined {
  if (uri === '') return 'Enter a redirect URI.'
  if (uri.length > MAX_REDIRECT_URI_LENGTH) return `A redirect URI has at most ${MAX_REDIRECT_URI_LENGTH} characters.`
  if (/[\s\p{Cc}]/u.test(uri)) return 'A redirect URI contains no spaces or line breaks.'
  const character = UNSUPPORTED_CHARACTERS.exec(uri)?.[0]
  if (character !== undefined) return `The character ${character} is not supported in a redirect URI.`
  if (uri.includes('#')) return 'A redirect URI has no fragment (the part after #).'
  if (uri.includes('*')) return faultOfWildcard(audience, enteredBy)
  if (uri.includes('?') && signsInPersonalAccounts(audience)) {
    return 'A query string is allowed only in applications that sign in work or school accounts alone.'
  }
  return faultOfAddress(uri, platform, enteredBy)
}

function faultOfWildcard(audience: SignInAudience, enteredBy: EnteredBy): string | undefined {
  if (signsInPersonalAccounts(audience)) {
    return 'Wildcards are not supported in applications that sign in personal Microsoft accounts.'
  }
  return enteredBy === 'text-box'
    ? 'Wildcards cannot be entered here; they are possible only in the manifest.'
    : undefined
}

function faultOfAddress(uri: string, platform: Platform, enteredBy: EnteredBy): string | undefined {
  const url = URL.parse(uri)
  if (!url) return 'Enter an absolute URI, such as https://contoso.example/callback.'
  if (DANGEROUS_SCHEMES.has(url.protocol)) return `The scheme ${url.protocol} is not supported.`
  if (url.hostname === '[::1]') return 'The IPv6 loopback address [::1] is not supported; use localhost.'

  if (url.protocol === 'https:' || url.protocol === 'http:') {
    // `https:example` can be parsed, but browsers are never redirected to it.
    if (!/^https?:\/\/[^/]/i.test(uri)) return 'Write // after the scheme.'
    if (url.username !== '' || url.password !== '') return 'A redirect URI contains no user name or password.'
    if (url.protocol === 'https:') return undefined
    if (!LOOPBACK_NAMES.has(url.hostname)) return 'The URI must begin with https:// (http:// is for localhost only).'
    if (enteredBy === 'text-box' && url.hostname === '127.0.0.1') {
      return 'http://127.0.0.1 cannot be entered here. Add it in the manifest, or use http://localhost.'
    }
    return undefined
  }
  if (platform !== 'publicClient') return 'The URI must begin with https:// or http://localhost.'
  return undefined
}

/** Registered URI that conflicts with `candidate`: identical on any platform, or different only by its port. */
export function clashingRedirectUri(
  application: Application,
  candidate: string,
  enteredBy: EnteredBy,
): { uri: string; platform: Platform; reason: 'same' | 'port' } | undefined {
  for (const platform of PLATFORMS) {
    for (const uri of application[platform].redirectUris) {
      if (uri === candidate) return { uri, platform, reason: 'same' }
      const known = withoutLoopbackPort(uri)
      if (enteredBy === 'text-box' && known !== undefined && known === withoutLoopbackPort(candidate)) {
        return { uri, platform, reason: 'port' }
      }
    }
  }
  return undefined
}

/** Sign-in ignores the port of localhost, so two URIs that differ only by it are equal (RFC 8252 §7.3). */
function withoutLoopbackPort(uri: string): string | undefined {
  const url = URL.parse(uri)
  if (!url || !LOOPBACK_NAMES.has(url.hostname)) return undefined
  url.port = ''
  return url.href
}

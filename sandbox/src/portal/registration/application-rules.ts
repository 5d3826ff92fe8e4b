/**
 * Rules for an application as a whole, regardless of the source of a change.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/supported-accounts-validation
 */
import type { Application, Tenant } from '../../tenants/index.ts'
import type { Problem } from './json-reader.ts'
import {
  type EnteredBy,
  faultOfRedirectUri,
  maxRedirectUris,
  PLATFORM_NAMES,
  PLATFORMS,
  signsInPersonalAccounts,
} from './redirect-uris.ts'

export const MAX_PERSONAL_SECRETS = 2
const MAX_APIS = 50
const MAX_PERSONAL_PERMISSIONS_PER_API = 30
/**
 * Microsoft's pages state "about 1,000" and, for the manifest, 1,200; the larger limit accepts everything that
 * Microsoft accepts.
 */
const MAX_COLLECTION_ENTRIES = 1200

export function maxDisplayNameLength(application: Pick<Application, 'signInAudience'>): number {
  return signsInPersonalAccounts(application.signInAudience) ? 90 : 120
}

/** All problems of the application; empty when it is valid. */
export function findProblems(application: Application, enteredBy: EnteredBy): Problem[] {
  return [
    ...problemsOfNames(application),
    ...problemsOfRedirectUris(application, enteredBy),
    ...problemsOfPermissions(application),
    ...problemsOfPersonalAccounts(application),
    ...problemsOfSize(application),
  ]
}

/** Error for one more client secret; `undefined` when it can be added. */
export function faultOfAnotherSecret({ signInAudience, passwordCredentials }: Application): string | undefined {
  return signsInPersonalAccounts(signInAudience) && passwordCredentials.length >= MAX_PERSONAL_SECRETS
    ? `An application that signs in personal Microsoft accounts has at most ${MAX_PERSONAL_SECRETS} client secrets.`
    : undefined
}

function problemsOfNames(application: Application): Problem[] {
  const { displayName, web } = application
  const problems: Problem[] = []
  const max = maxDisplayNameLength(application)
  if (displayName.trim() === '') problems.push({ property: 'displayName', message: 'Enter a name.' })
  if (displayName.length > max) {
    problems.push({ property: 'displayName', message: `The name has at most ${max} characters.` })
  }
  if (web.logoutUrl !== null) {
    const url = URL.parse(web.logoutUrl)
    if (url?.protocol !== 'https:' || web.logoutUrl.length > 255) {
      const message = 'The front-channel logout URL must begin with https:// and has at most 255 characters.'
      problems.push({ property: 'web.logoutUrl', message })
    }
  }
  if (web.homePageUrl != null && !/^https?:$/.test(URL.parse(web.homePageUrl)?.protocol ?? '')) {
    problems.push({ property: 'web.homePageUrl', message: 'The home page URL must begin with https:// or http://.' })
  }
  return problems
}

function problemsOfRedirectUris(application: Application, enteredBy: EnteredBy): Problem[] {
  const problems: Problem[] = []
  const seen = new Map<string, string>()
  for (const platform of PLATFORMS) {
    const property = `${platform}.redirectUris`
    for (const uri of application[platform].redirectUris) {
      const fault = faultOfRedirectUri(uri, platform, application.signInAudience, enteredBy)
      if (fault !== undefined) problems.push({ property, message: `${fault} (${uri.slice(0, 80)})` })
      const before = seen.get(uri)
      if (before !== undefined) problems.push({ property, message: `${uri} is already registered for ${before}.` })
      seen.set(uri, PLATFORM_NAMES[platform])
    }
  }
  const max = maxRedirectUris(application.signInAudience)
  const count = PLATFORMS.reduce((sum, platform) => sum + application[platform].redirectUris.length, 0)
  if (count > max) {
    problems.push({
      property: 'web.redirectUris',
      message: `An application of this kind has at most ${max} redirect URIs.`,
    })
  }
  return problems
}

function problemsOfPermissions({ requiredResourceAccess, signInAudience }: Application): Problem[] {
  const property = 'requiredResourceAccess'
  const problems: Problem[] = []
  const personal = signsInPersonalAccounts(signInAudience)
  const total = requiredResourceAccess.reduce((sum, api) => sum + api.resourceAccess.length, 0)
  const max = personal ? 200 : 400
  if (total > max)
    problems.push({ property, message: `An application of this kind asks for at most ${max} permissions.` })
  if (requiredResourceAccess.length > MAX_APIS) {
    problems.push({ property, message: `An application asks for permissions of at most ${MAX_APIS} APIs.` })
  }
  if (personal && requiredResourceAccess.some((api) => api.resourceAccess.length > MAX_PERSONAL_PERMISSIONS_PER_API)) {
    const message = `An application that signs in personal accounts asks for at most ${MAX_PERSONAL_PERMISSIONS_PER_API} permissions of one API.`
    problems.push({ property, message })
  }
  return problems
}

function problemsOfPersonalAccounts({
  signInAudience,
  api,
  passwordCredentials,
  identifierUris,
}: Application): Problem[] {
  if (!signsInPersonalAccounts(signInAudience)) return []
  const problems: Problem[] = []
  if (api.requestedAccessTokenVersion !== 2) {
    // Graph's own wording.
    const message = 'Property api.requestedAccessTokenVersion is invalid.'
    problems.push({ property: 'api.requestedAccessTokenVersion', message })
  }
  if (passwordCredentials.length > MAX_PERSONAL_SECRETS) {
    const message = `Remove client secrets first: with personal Microsoft accounts there are at most ${MAX_PERSONAL_SECRETS}.`
    problems.push({ property: 'signInAudience', message })
  }
  if (identifierUris.length > 50 || identifierUris.some((uri) => uri.length > 120)) {
    const message = 'With personal Microsoft accounts there are at most 50 identifier URIs of at most 120 characters.'
    problems.push({ property: 'identifierUris', message })
  }
  return problems
}

function problemsOfSize(application: Application): Problem[] {
  const entries = [
    application.identifierUris,
    application.tags ?? [],
    application.passwordCredentials,
    application.keyCredentials,
    application.requiredResourceAccess.flatMap((api) => api.resourceAccess),
    ...PLATFORMS.map((platform) => application[platform].redirectUris),
  ].reduce((sum, list) => sum + list.length, 0)
  return entries > MAX_COLLECTION_ENTRIES
    ? [
        {
          property: 'application',
          message: `An application has at most ${MAX_COLLECTION_ENTRIES} entries in all its lists.`,
        },
      ]
    : []
}

/**
 * Error in an identifier URI. It must contain the application, its tenant or one of the tenant's domains, so that it
 * cannot claim another tenant's URI.
 */
export function faultOfIdentifierUri(uri: string, application: Application, tenant: Tenant): string | undefined {
  const url = URL.parse(uri)
  if (!url || uri.length > 255 || uri.includes('*')) return `The identifier URI ${uri.slice(0, 80)} is invalid.`
  const lower = uri.toLowerCase()
  if (url.protocol === 'api:' && (lower.includes(application.appId) || lower.includes(tenant.id))) return undefined
  const host = url.hostname.toLowerCase()
  if (tenant.domains.some((domain) => host === domain || host.endsWith(`.${domain}`))) return undefined
  // Microsoft's wording.
  return `Values of identifierUris property must use a verified domain of the organization or its subdomain: '${uri}'`
}

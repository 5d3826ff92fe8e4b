import { AppError } from '../kernel/errors.ts'
import type { AuthorizationServer } from './authorization-server.ts'
import { clientError } from './client-errors.ts'
import type { Checked, CheckLine, CloudProvider, ProviderCredential } from './cloud-provider.ts'
import type { Cloud } from './cloud.ts'

interface Registration {
  provider: CloudProvider
  cloud: Cloud
  credentials: readonly ProviderCredential[]
  authorizationServer: AuthorizationServer
  redirectUri: string
}

/**
 * Tries each thing that an admin may have got wrong, so that none of it is found out by the first person who signs in.
 * Nothing is changed at Microsoft: the token that proves a secret is thrown away.
 *
 * A malformed code would fail before the secret is looked at, so a secret is tried with `client_credentials`. That is
 * answered for a tenant only, never on `organizations` or `common`.
 */
export async function checkRegistration(registration: Registration): Promise<CheckLine[]> {
  const tenant = await checkTenant(registration)
  if (tenant.outcome !== 'ok') {
    const later = (what: Checked, title: string): CheckLine => ({ what, outcome: 'not-tried', title })
    return [
      tenant,
      later('client', 'The application was not looked for: the tenant comes first'),
      later('credential', 'The client secret was not tried: the tenant comes first'),
      later('redirect-uri', 'The redirect URI was not tried: the tenant comes first'),
    ]
  }
  const { client, credentials } = await checkClient(registration)
  return [tenant, client, ...credentials, await checkRedirectUri(registration, client)]
}

async function checkTenant({ provider, cloud, authorizationServer }: Registration): Promise<CheckLine> {
  try {
    const answer = await authorizationServer.discover(`${cloud.authority}/${provider.tenantId}`)
    if (answer.ok) return { what: 'tenant', outcome: 'ok', title: 'Microsoft knows the tenant' }
    const { upstream } = answer
    return isOutage(upstream.status)
      ? notTried('tenant', new AppError('egress.unreachable', { upstream }))
      : wrong('tenant', new AppError('cloud_providers.tenant_unknown', { upstream }))
  } catch (error) {
    return notTried('tenant', AppError.from(error))
  }
}

async function checkClient(registration: Registration): Promise<{ client: CheckLine; credentials: CheckLine[] }> {
  const lines: CheckLine[] = []
  let known: CheckLine | undefined
  for (const credential of registration.credentials) {
    const { client, line } = await tryCredential(registration, credential)
    known = client ?? known
    lines.push(line)
  }
  if (lines.length === 0) lines.push(wrong('credential', new AppError('cloud_providers.credential_missing')))
  return {
    client: known ?? {
      what: 'client',
      outcome: 'not-tried',
      title: 'Whether Microsoft knows the application is told only to those who have its secret',
    },
    credentials: lines,
  }
}

async function tryCredential(
  { provider, cloud, authorizationServer }: Registration,
  { id, secret }: ProviderCredential,
): Promise<{ client: CheckLine | undefined; line: CheckLine }> {
  const isKnown: CheckLine = { what: 'client', outcome: 'ok', title: 'Microsoft knows the application' }
  const about = (line: CheckLine): CheckLine => ({ ...line, credentialId: id })
  try {
    const answer = await authorizationServer.requestToken(`${cloud.authority}/${provider.tenantId}`, {
      grant_type: 'client_credentials',
      client_id: provider.clientId,
      client_secret: secret,
      scope: `${cloud.scopePrefixes.graph}.default`,
    })
    if (answer.ok) {
      const title = 'Microsoft accepts the client secret'
      return { client: isKnown, line: about({ what: 'credential', outcome: 'ok', title }) }
    }
    const { upstream } = answer
    const error = clientError(upstream)
    if (upstream.error === 'invalid_client' && error) {
      return { client: isKnown, line: about(wrong('credential', error)) }
    }
    if (error) {
      const title = 'The client secret was not tried: the application comes first'
      return { client: wrong('client', error), line: about({ what: 'credential', outcome: 'not-tried', title }) }
    }
    return {
      client: undefined,
      line: about(notTried('credential', new AppError('egress.unreachable', { upstream }))),
    }
  } catch (error) {
    return { client: undefined, line: about(notTried('credential', AppError.from(error))) }
  }
}

/**
 * `prompt=none` is answered without a page: at the redirect URI, with the error `login_required`, when that is
 * registered; with a page of Microsoft when it is not. Where the page might mean something else nothing is claimed.
 *
 * @see OpenID Connect Core 1.0 §3.1.2.6
 */
async function checkRedirectUri(
  { provider, cloud, authorizationServer, redirectUri }: Registration,
  client: CheckLine,
): Promise<CheckLine> {
  const url = authorizationServer.authorizationUrl(`${cloud.authority}/${provider.tenantId}`, {
    client_id: provider.clientId,
    response_type: 'code',
    response_mode: 'query',
    redirect_uri: redirectUri,
    scope: 'openid',
    prompt: 'none',
    state: 'check',
  })
  try {
    const { status, location } = await authorizationServer.probeAuthorization(url)
    if (location?.startsWith(`${redirectUri}?`)) {
      return { what: 'redirect-uri', outcome: 'ok', title: 'The redirect URI is registered' }
    }
    // With the client proven, the redirect URI is all that is left for which the page refuses to go on.
    if (status === 400 && client.outcome === 'ok') {
      return wrong('redirect-uri', new AppError('cloud_providers.redirect_uri_unregistered'))
    }
    return notTried('redirect-uri', new AppError('cloud_providers.redirect_uri_untold'))
  } catch (error) {
    return notTried('redirect-uri', AppError.from(error))
  }
}

function isOutage(status: number | undefined): boolean {
  return status === undefined || status === 429 || status >= 500
}

const wrong = (what: Checked, error: AppError): CheckLine => lineOf(what, 'wrong', error)
const notTried = (what: Checked, error: AppError): CheckLine => lineOf(what, 'not-tried', error)

function lineOf(what: Checked, outcome: CheckLine['outcome'], error: AppError): CheckLine {
  const { upstream } = error
  return { what, outcome, title: error.message, code: error.code, fix: error.fix, ...(upstream && { upstream }) }
}

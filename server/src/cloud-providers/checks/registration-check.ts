import { AppError, fillText } from '../../kernel/errors.ts'
import type { AuthorizationServer } from '../clouds/authorization-server.ts'
import type { CheckedProvider, CheckLine, CloudProvider } from '../cloud-provider.ts'
import type { Cloud } from '../clouds/cloud.ts'
import { shownBeginning, nameOfCredential, type ProviderCredential } from '../credentials/provider-credential.ts'
import type { Trial } from '../credentials/credential-trial.ts'
import { TEXTS } from '../texts.ts'

interface Registration {
  provider: CloudProvider
  cloud: Cloud
  credentials: readonly ProviderCredential[]
  authorizationServer: AuthorizationServer
  redirectUri: string
  tryOne: (credential: ProviderCredential) => Promise<Trial>
}

/**
 * Checks everything that an admin may have configured wrong, so that errors do not first appear at a person's sign-in.
 * Changes nothing at Microsoft.
 */
export async function checkRegistration(registration: Registration): Promise<CheckLine[]> {
  const tenant = await checkTenant(registration)
  if (tenant.outcome !== 'ok') {
    const later = (what: CheckedProvider, title: string): CheckLine => ({ what, outcome: 'not-tried', title })
    return [
      tenant,
      later('client', TEXTS.clientBlocked),
      later('credential', TEXTS.credentialsBlocked),
      later('redirect-uri', TEXTS.redirectUriBlocked),
    ]
  }
  const { client, credentials } = await checkClient(registration)
  return [tenant, client, ...credentials, await checkRedirectUri(registration, client)]
}

async function checkTenant({ provider, cloud, authorizationServer }: Registration): Promise<CheckLine> {
  try {
    const answer = await authorizationServer.discover(`${cloud.authority}/${provider.tenantId}`)
    if (answer.ok) return { what: 'tenant', outcome: 'ok', title: TEXTS.tenantKnown }
    const { upstream } = answer
    return isOutage(upstream.status)
      ? notTried('tenant', new AppError('egress.unreachable', { upstream }))
      : wrong('tenant', new AppError('cloud_providers.tenant_unknown', { upstream }))
  } catch (error) {
    return notTried('tenant', AppError.from(error))
  }
}

async function checkClient({
  credentials,
  tryOne,
}: Registration): Promise<{ client: CheckLine; credentials: CheckLine[] }> {
  const lines: CheckLine[] = []
  let known: CheckLine | undefined
  for (const credential of credentials) {
    const { client, line } = linesOf(credential, await tryOne(credential))
    known = client ?? known
    lines.push({ ...line, credentialId: credential.id })
  }
  if (lines.some(({ outcome }) => outcome === 'ok')) {
    for (const line of lines) if (line.outcome === 'wrong') line.fix = TEXTS.otherCredentialAccepted
  }
  if (lines.length === 0) lines.push(wrong('credential', new AppError('cloud_providers.credential_missing')))
  return {
    client: known ?? {
      what: 'client',
      outcome: 'not-tried',
      title: TEXTS.clientHidden,
    },
    credentials: lines,
  }
}

function linesOf(credential: ProviderCredential, trial: Trial): { client: CheckLine | undefined; line: CheckLine } {
  const isKnown: CheckLine = { what: 'client', outcome: 'ok', title: TEXTS.clientKnown }
  const name = nameOfCredential(credential)
  switch (trial.outcome) {
    case 'works':
      return {
        client: isKnown,
        line: { what: 'credential', outcome: 'ok', title: fillText(TEXTS.credentialAccepted, { credential: name }) },
      }
    case 'refused': {
      const { error } = trial
      // Microsoft's error is the same for a certificate not yet uploaded and for a removed one. It was never uploaded
      // if it never worked.
      if (error.code === 'cloud_providers.certificate_unknown' && credential.standing.state === 'untried') {
        const title = fillText(TEXTS.certificateWaits, { credential: name })
        return { client: isKnown, line: { ...lineOf('credential', 'waiting', error), title } }
      }
      // Several credentials may be refused, each for its own reason.
      const beginning = shownBeginning(credential)
      const line = wrong('credential', error)
      if (beginning === undefined) return { client: isKnown, line }
      const title = fillText(TEXTS.credentialRefused, { reason: error.message, beginning })
      return { client: isKnown, line: { ...line, title } }
    }
    case 'client': {
      const title = fillText(TEXTS.credentialBlocked, { credential: name })
      return { client: wrong('client', trial.error), line: { what: 'credential', outcome: 'not-tried', title } }
    }
    case 'untold':
      return { client: undefined, line: notTried('credential', trial.error) }
  }
}

/**
 * Checks the redirect URI with `prompt=none`. If it is registered, Microsoft redirects to it with the error
 * `login_required`; otherwise it shows a page. If the page may have another reason, the result is `not-tried`.
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
      return { what: 'redirect-uri', outcome: 'ok', title: TEXTS.redirectUriRegistered }
    }
    // The client is valid, so only the redirect URI can be the reason for the error page.
    if (status === 400 && client.outcome === 'ok') {
      return { ...wrong('redirect-uri', new AppError('cloud_providers.redirect_uri_unregistered')), copy: redirectUri }
    }
    return { ...notTried('redirect-uri', new AppError('cloud_providers.redirect_uri_untold')), copy: redirectUri }
  } catch (error) {
    return notTried('redirect-uri', AppError.from(error))
  }
}

function isOutage(status: number | undefined): boolean {
  return status === undefined || status === 429 || status >= 500
}

const wrong = (what: CheckedProvider, error: AppError): CheckLine => lineOf(what, 'wrong', error)
const notTried = (what: CheckedProvider, error: AppError): CheckLine => lineOf(what, 'not-tried', error)

function lineOf(what: CheckedProvider, outcome: CheckLine['outcome'], error: AppError): CheckLine {
  const { upstream } = error
  return { what, outcome, title: error.message, code: error.code, fix: error.fix, ...(upstream && { upstream }) }
}

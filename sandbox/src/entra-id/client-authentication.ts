import type { FaultsAsked, Subject } from '../faults/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Settings } from '../kernel/settings.ts'
import type { Applications } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import type { ClientProof } from './access-tokens.ts'
import type { Authority } from './authority.ts'
import { checkClientAssertion } from './client-assertions.ts'
import type { Client } from './clients.ts'
import { checkFaults } from './fault-checks.ts'

/** Client credentials found in a request. */
export interface ClientCredentials {
  clientId: string | undefined
  secret: string | undefined
  assertion: string | undefined
  assertionType: string | undefined
}

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Reads the form and the Basic header (RFC 6749 §2.3.1). The form takes precedence. */
export function readCredentials(form: URLSearchParams, authorization: string | undefined): ClientCredentials {
  const basic = readBasic(authorization)
  return {
    clientId: given(form, 'client_id') ?? basic?.id,
    secret: given(form, 'client_secret') ?? basic?.secret,
    assertion: given(form, 'client_assertion'),
    assertionType: given(form, 'client_assertion_type'),
  }
}

/** Value of a form parameter. An empty parameter counts as missing (RFC 6749 §3.1). */
export function given(form: URLSearchParams, name: string): string | undefined {
  const value = form.get(name)
  return value === null || value === '' ? undefined : value
}

function readBasic(authorization: string | undefined): { id: string; secret: string | undefined } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+)\s*$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  if (colon < 0) return undefined
  try {
    const decode = (part: string) => decodeURIComponent(part.replaceAll('+', ' '))
    const secret = decode(text.slice(colon + 1))
    return { id: decode(text.slice(0, colon)), secret: secret === '' ? undefined : secret }
  } catch {
    return undefined
  }
}

export interface ClientAuthentication {
  /**
   * Authenticates a confidential client by a secret or a certificate.
   *
   * @throws {EntraError} 7000218 (or `missing`), 7000215, 7000222 and those of client assertions
   */
  confidential(
    client: Client,
    credentials: ClientCredentials,
    context: { authority: Authority; subject: Subject },
    missing?: number,
  ): Promise<ClientProof>
  /** Checks that a public client sent no credentials. @throws {EntraError} 700025 */
  public(credentials: ClientCredentials): ClientProof
}

export function createClientAuthentication(
  applications: Applications,
  clock: Clock,
  settings: Settings,
  faults: FaultsAsked,
): ClientAuthentication {
  function checkSecret({ application, appId }: Client, secret: string, subject: Subject): ClientProof {
    const now = clock.now().getTime()
    const credential = applications.findPassword(application, secret)
    if (!credential || Date.parse(credential.startDateTime) > now) throw new EntraError(7000215, { appId })
    if (Date.parse(credential.endDateTime) <= now) throw new EntraError(7000222, { appId })
    const bornAt = Date.parse(credential.startDateTime)
    checkFaults(faults, 'entra.credential', { ...subject, proof: 'secret', bornAt }, { appId })
    return 'secret'
  }

  return {
    async confidential(client, credentials, { authority, subject }, missing = 7000218) {
      const { secret, assertion, assertionType } = credentials
      if (assertion !== undefined && assertionType === ASSERTION_TYPE) {
        const used = await checkClientAssertion(assertion, client, authority, { clock, settings })
        const bornAt = Date.parse(used.startDateTime)
        const thumbprint = Buffer.from(used.customKeyIdentifier, 'base64').toString('hex').toUpperCase()
        const values = { appId: client.appId, thumbprint, reason: 'The key was not found.' }
        checkFaults(faults, 'entra.credential', { ...subject, proof: 'certificate', bornAt }, values)
        return 'certificate'
      }
      if (secret === undefined) throw new EntraError(missing)
      return checkSecret(client, secret, subject)
    },
    public({ secret, assertion }) {
      if (secret !== undefined || assertion !== undefined) throw new EntraError(700025)
      return 'none'
    },
  }
}

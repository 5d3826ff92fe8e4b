import type { Secret } from '../../kernel/secret.ts'
import type { AuthorizationServer, RegisteredCredential } from '../clouds/authorization-server.ts'
import type { CheckLine, CloudProvider } from '../cloud-provider.ts'
import type { Cloud } from '../clouds/cloud.ts'
import { toHint, type ProviderCredential } from './provider-credential.ts'
import { TEXTS } from '../texts.ts'

/** Expiry dates in the registration, and the check line about reading them. */
export interface ReadEnds {
  line: CheckLine
  ends: { credential: ProviderCredential; expiresAt: Date; description: string | undefined }[]
}

/** Reads the expiry dates in the registration, if Microsoft allows the application to read itself. */
export async function readEnds(
  { provider, cloud }: { provider: CloudProvider; cloud: Cloud },
  credentials: readonly ProviderCredential[],
  accessToken: Secret,
  authorizationServer: AuthorizationServer,
): Promise<ReadEnds> {
  const line = (outcome: CheckLine['outcome'], title: string, fix?: string): CheckLine => ({
    what: 'expiry-dates',
    outcome,
    title,
    ...(fix !== undefined && { fix }),
  })
  try {
    const read = await authorizationServer.readCredentials(cloud.graphRoot, accessToken, provider.clientId)
    if (read.ok) {
      return {
        line: line('ok', TEXTS.expiryDatesRead),
        ends: matched(credentials, read.credentials),
      }
    }
    if (read.status === 401 || read.status === 403) {
      return { line: line('not-tried', TEXTS.expiryDatesEntered, TEXTS.permitExpiryDates), ends: [] }
    }
    return { line: line('not-tried', TEXTS.noExpiryDates), ends: [] }
  } catch {
    return { line: line('not-tried', TEXTS.expiryDatesUnreachable), ends: [] }
  }
}

/**
 * Matches credentials by the first characters that the directory lists. Two secrets with the same start can't be
 * distinguished, so neither gets a date: a wrong date would mislead.
 */
function matched(
  credentials: readonly ProviderCredential[],
  registered: readonly RegisteredCredential[],
): ReadEnds['ends'] {
  return credentials.flatMap((credential) => {
    const { certificate } = credential
    const [found, ...others] = registered.filter(({ hint, thumbprint }) =>
      certificate ? thumbprint === certificate.sha1 : hint !== undefined && hint === toHint(credential.proof),
    )
    return found && others.length === 0
      ? [{ credential, expiresAt: found.expiresAt, description: found.description }]
      : []
  })
}

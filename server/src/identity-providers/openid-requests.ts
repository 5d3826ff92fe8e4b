/**
 * Requests of a sign-in to a provider, by openid-client: discovery, the authorization URL, and the code, whose ID token
 * is validated with its signature.
 *
 * @see OpenID Connect Core 1.0 §3.1, OpenID Connect Discovery 1.0 §4, RFC 9207
 */
import * as openid from 'openid-client'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../kernel/clock.ts'
import { systemClock } from '../kernel/clock.ts'
import type { Egress } from '../kernel/egress.ts'
import { AppError } from '../kernel/errors.ts'
import { CLOCK_TOLERANCE_MS } from './clock-tolerance.ts'
import { openIdError } from './openid-errors.ts'

const LIMITS = { timeoutMs: 10_000, maxBytes: 512 * 1024 }
const METADATA_MAX_AGE_MS = 60 * 60 * 1000

/** The client at the provider, with its credentials in the order of their use. */
export interface OpenIdClient {
  issuer: string
  clientId: string
  credentials: readonly openid.ClientAuth[]
}

export interface OpenIdChecks {
  state: string
  nonce: string
  codeVerifier: string
}

export interface OpenIdRequests {
  /** Fetches the metadata of the issuer again. */
  discover(client: OpenIdClient): Promise<openid.ServerMetadata>
  authorizationUrl(client: OpenIdClient, parameters: Record<string, string>): Promise<string>
  /** Redeems the code of the redirect, and returns the claims of the validated ID token. */
  redeem(client: OpenIdClient, redirect: URL, checks: OpenIdChecks): Promise<unknown>
}

export function createOpenIdRequests(egress: Pick<Egress, 'fetch'>, clock: Clock): OpenIdRequests {
  const known = new LRUCache<string, openid.ServerMetadata>({ max: 50, ttl: METADATA_MAX_AGE_MS })

  const send: openid.CustomFetch = (url, { method, headers, body, signal }) =>
    egress.fetch(url, {
      ...{ method: method as 'GET' | 'POST', headers, signal, ...LIMITS },
      body: body as string | URLSearchParams | undefined,
    })

  /** Metadata with plain http is refused by the egress, except on this machine. */
  function prepare(config: openid.Configuration, issuer: string): openid.Configuration {
    config[openid.customFetch] = send
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out
    if (issuer.startsWith('http:')) openid.allowInsecureRequests(config)
    // An ID token from the token endpoint would count as valid without its signature.
    openid.enableNonRepudiationChecks(config)
    return config
  }

  async function metadataOf({ issuer, clientId }: Pick<OpenIdClient, 'issuer' | 'clientId'>) {
    const execute = [(config: openid.Configuration) => void prepare(config, issuer)]
    try {
      const server = new URL(issuer)
      const config = await openid.discovery(server, clientId, undefined, openid.None(), {
        ...{ [openid.customFetch]: send },
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- as above
        execute: issuer.startsWith('http:') ? [openid.allowInsecureRequests, ...execute] : execute,
      })
      const metadata = { ...config.serverMetadata() }
      const { authorization_endpoint: authorize, token_endpoint: token, jwks_uri: keys } = metadata
      if (authorize === undefined || token === undefined || keys === undefined) {
        throw new AppError('identity_providers.discovery_invalid')
      }
      // A browser is sent there, so nothing but a web address passes.
      const { protocol } = new URL(authorize)
      if (protocol !== 'https:' && protocol !== server.protocol) {
        throw new AppError('identity_providers.discovery_invalid')
      }
      known.set(issuer, metadata)
      return metadata
    } catch (error) {
      throw openIdError('discovery', error)
    }
  }

  async function configOf(client: OpenIdClient, credential: openid.ClientAuth | undefined) {
    const metadata = known.get(client.issuer) ?? (await metadataOf(client))
    // Validity times are compared with the clock of the server, which tests move.
    const skewSeconds = Math.round((clock.now().getTime() - systemClock.now().getTime()) / 1000)
    const times = { [openid.clockSkew]: skewSeconds, [openid.clockTolerance]: CLOCK_TOLERANCE_MS / 1000 }
    return prepare(new openid.Configuration(metadata, client.clientId, times, credential), client.issuer)
  }

  return {
    discover: (client) => metadataOf(client),

    async authorizationUrl(client, parameters) {
      return openid.buildAuthorizationUrl(await configOf(client, undefined), parameters).href
    },

    async redeem(client, redirect, { state, nonce, codeVerifier }) {
      const checks = {
        ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier, idTokenExpected: true },
      }
      let rejected: AppError | undefined
      for (const credential of client.credentials) {
        try {
          const tokens = await openid.authorizationCodeGrant(await configOf(client, credential), redirect, checks)
          return tokens.claims()
        } catch (error) {
          const translated = openIdError('response', error)
          // The code is still unused after a refused credential.
          if (translated.code !== 'identity_providers.client_rejected') throw translated
          rejected ??= translated
        }
      }
      throw rejected ?? new AppError('identity_providers.client_rejected')
    },
  }
}

/** Flows of the library that Postkey itself uses, against both names of the sandbox. */
import * as openid from 'openid-client'
import { expect, type Flow } from './flow.ts'
import type { Stage } from './stage.ts'

const SCOPE = 'openid profile offline_access https://graph.microsoft.com/Mail.Read'

/** `direct`: a sandbox under its own address. `named`: a sandbox under Microsoft's host names. */
export function openidClientFlows({ direct, named }: { direct: Stage; named: Stage }): Flow[] {
  const flow = (name: string, run: () => Promise<string>): Flow => ({ client: 'openid-client', flow: name, run })

  function discover(stage: Stage, tenant: string, secret = openid.ClientSecretPost(stage.clientSecret)) {
    return openid.discovery(new URL(`${stage.addresses.login}/${tenant}/v2.0`), stage.clientId, undefined, secret, {
      [openid.customFetch]: (url, options) => stage.fetch(url, options as RequestInit),
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out; the sandbox has no TLS
      execute: stage === direct ? [openid.allowInsecureRequests] : [],
    })
  }

  async function signIn(stage: Stage, config: openid.Configuration) {
    const pkceCodeVerifier = openid.randomPKCECodeVerifier()
    const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()]
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: stage.redirectUri,
      scope: SCOPE,
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      nonce: expectedNonce,
    })
    const callback = await stage.signIn(url.href)
    return openid.authorizationCodeGrant(config, callback, { pkceCodeVerifier, expectedState, expectedNonce })
  }

  return [
    flow('discovery on a tenant', async () => {
      const metadata = (await discover(direct, direct.tenantId)).serverMetadata()
      expect(
        metadata.issuer === `${direct.addresses.login}/${direct.tenantId}/v2.0`,
        `its issuer, not ${metadata.issuer}`,
      )
      expect(
        metadata.code_challenge_methods_supported === undefined,
        'PKCE to be missing from discovery, as at Microsoft',
      )
      return metadata.issuer
    }),

    flow('discovery on organizations', async () => {
      const metadata = (await discover(named, 'organizations')).serverMetadata()
      expect(metadata.issuer === `${named.addresses.login}/{tenantid}/v2.0`, `the template, not ${metadata.issuer}`)
      return metadata.issuer
    }),

    flow('code + PKCE on a tenant', async () => {
      const tokens = await signIn(direct, await discover(direct, direct.tenantId))
      const claims = tokens.claims()
      expect(claims?.tid === direct.tenantId && typeof claims.oid === 'string', 'tid and oid in the id_token')
      expect((await direct.graph('/v1.0/me/messages', tokens.access_token)).status === 200, 'Graph to take the token')
      return `nonce, state and signature checked, scope ${tokens.scope ?? ''}`
    }),

    flow('code + PKCE on organizations', async () => {
      const tokens = await signIn(named, await discover(named, 'organizations'))
      const { iss = '', tid = '' } = (tokens.claims() ?? {}) as { iss?: string; tid?: string }
      expect(iss === `${named.addresses.login}/${tid}/v2.0`, "the issuer of the person's own tenant")
      return iss
    }),

    flow('refresh', async () => {
      const config = await discover(direct, direct.tenantId)
      const first = await signIn(direct, config)
      const second = await openid.refreshTokenGrant(config, first.refresh_token ?? '', { scope: SCOPE })
      expect(second.refresh_token && second.refresh_token !== first.refresh_token, 'a rotated refresh token')
      const late = await openid.refreshTokenGrant(config, first.refresh_token ?? '', { scope: SCOPE })
      expect(late.access_token, 'the old refresh token to be still good, as at Microsoft')
      return 'rotated, the old one still good'
    }),

    flow('secret by HTTP Basic', async () => {
      const config = await discover(direct, direct.tenantId, openid.ClientSecretBasic(direct.clientSecret))
      const tokens = await openid.clientCredentialsGrant(config, { scope: 'https://graph.microsoft.com/.default' })
      expect(tokens.access_token && tokens.refresh_token === undefined, 'an access token and no refresh token')
      return `expires in ${String(tokens.expires_in)} s`
    }),

    flow('private_key_jwt', async () => {
      const x5t = Buffer.from(direct.certificate.thumbprintSha256, 'hex').toString('base64url')
      const authentication = openid.PrivateKeyJwt(direct.certificate.privateKey, {
        [openid.modifyAssertion](header, payload) {
          header['x5t#S256'] = x5t
          payload.aud = `${direct.addresses.login}/${direct.tenantId}/oauth2/v2.0/token`
        },
      })
      const config = await discover(direct, direct.tenantId, authentication)
      const tokens = await openid.clientCredentialsGrant(config, { scope: 'https://graph.microsoft.com/.default' })
      expect(tokens.access_token, 'an access token')
      return 'RS256 with x5t#S256'
    }),

    flow('a revoked grant', async () => {
      const config = await discover(direct, direct.tenantId)
      const { refresh_token: refreshToken = '' } = await signIn(direct, config)
      direct.revokeSessions()
      try {
        await openid.refreshTokenGrant(config, refreshToken)
      } catch (error) {
        expect(error instanceof openid.ResponseBodyError, `ResponseBodyError, not ${String(error)}`)
        expect(error.error === 'invalid_grant' && error.status === 400, `invalid_grant 400, not ${error.error}`)
        return `${error.error} ${error.cause.suberror as string}`
      }
      throw new Error('expected the refresh to be refused')
    }),
  ]
}

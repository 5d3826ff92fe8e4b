/**
 * Flows of Microsoft's own library. It accepts only Microsoft's authorities over https, so its network layer is pointed
 * at the sandbox; the rest is unchanged.
 */
import {
  ConfidentialClientApplication,
  CryptoProvider,
  type INetworkModule,
  InteractionRequiredAuthError,
  PublicClientApplication,
  ServerError,
} from '@azure/msal-node'
import { expect, type Flow } from './flow.ts'
import type { Stage } from './stage.ts'

const GRAPH_SCOPES = ['https://graph.microsoft.com/Mail.ReadWrite', 'https://graph.microsoft.com/Mail.Send']
const IMAP_SCOPES = ['https://outlook.office.com/IMAP.AccessAsUser.All']

export function msalNodeFlows(stage: Stage): Flow[] {
  const flow = (name: string, run: () => Promise<string>): Flow => ({ client: 'msal-node', flow: name, run })
  const network = networkClient(stage)
  const authority = `${stage.addresses.login}/${stage.tenantId}`

  function confidential(credential: { clientSecret?: string; clientCertificate?: object } = {}) {
    const auth = { clientId: stage.clientId, authority, clientSecret: stage.clientSecret, ...credential }
    if (credential.clientCertificate) delete (auth as { clientSecret?: string }).clientSecret
    return new ConfidentialClientApplication({ auth: auth as never, system: { networkClient: network } })
  }

  /** Signs in with code and PKCE, through the sign-in pages. */
  async function signIn(client: ConfidentialClientApplication | PublicClientApplication, scopes = GRAPH_SCOPES) {
    const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
    const url = await client.getAuthCodeUrl({
      scopes: [...scopes, ...IMAP_SCOPES],
      redirectUri: stage.redirectUri,
      codeChallenge: challenge,
      codeChallengeMethod: 'S256',
      state: 'state-of-msal',
      prompt: 'select_account',
    })
    const callback = await stage.signIn(url)
    expect(callback.searchParams.get('state') === 'state-of-msal', 'the state to come back')
    return client.acquireTokenByCode({
      code: callback.searchParams.get('code') ?? '',
      scopes,
      redirectUri: stage.redirectUri,
      codeVerifier: verifier,
      clientInfo: callback.searchParams.get('client_info') ?? '',
    })
  }

  async function signedIn(credential = {}) {
    const client = confidential(credential)
    const { account } = await signIn(client)
    expect(account, 'an account out of id_token and client_info')
    return { client, account }
  }

  async function failureOf(attempt: Promise<unknown>): Promise<unknown> {
    try {
      await attempt
    } catch (error) {
      return error
    }
    throw new Error('expected the token request to fail')
  }

  return [
    flow('code + PKCE', async () => {
      const result = await signIn(confidential())
      expect(result.account?.username === stage.person.address, 'the account to be the person who signed in')
      expect(result.account.tenantId === stage.tenantId, "the account to be of the person's tenant")
      expect(result.scopes.includes(GRAPH_SCOPES[0]!), `scopes to name Mail.ReadWrite, not ${result.scopes.join(' ')}`)
      expect(
        (await stage.graph('/v1.0/me/messages', result.accessToken)).status === 200,
        'Graph to take the access token',
      )
      return `${result.account.username}, token of ${result.accessToken.length} characters`
    }),

    flow('silent for a second resource', async () => {
      const { client, account } = await signedIn()
      const result = await client.acquireTokenSilent({ account, scopes: IMAP_SCOPES })
      expect(!result.fromCache, 'a new token for Exchange')
      expect(stage.audienceOf(result.accessToken) === 'https://outlook.office.com', 'the audience of Exchange')
      const atGraph = await stage.graph('/v1.0/me/messages', result.accessToken)
      expect(atGraph.status === 401, 'Graph to refuse a token of Exchange')
      return 'one sign-in, two audiences'
    }),

    flow('refresh', async () => {
      const { client, account } = await signedIn()
      const first = await client.acquireTokenSilent({ account, scopes: GRAPH_SCOPES })
      const again = await client.acquireTokenSilent({ account, scopes: GRAPH_SCOPES, forceRefresh: true })
      expect(first.fromCache && !again.fromCache, 'the cache first, then the token endpoint')
      expect(first.accessToken !== again.accessToken, 'another access token')
      return `expires in ${Math.round(((again.expiresOn?.getTime() ?? 0) - stage.now().getTime()) / 60_000)} min`
    }),

    flow('client secret', async () => {
      const result = await confidential().acquireTokenByClientCredential({
        scopes: ['https://graph.microsoft.com/.default'],
      })
      expect(result?.accessToken, 'an application token')
      const answer = await stage.graph(`/v1.0/users/${stage.person.address}/mailFolders/inbox`, result.accessToken)
      expect(answer.status === 200, `Graph to let the application read, not ${answer.status}`)
      return 'application permission read a mailbox'
    }),

    flow('client certificate', async () => {
      const { privateKeyPem: privateKey, thumbprintSha256, pem: x5c } = stage.certificate
      const client = confidential({ clientCertificate: { privateKey, thumbprintSha256, x5c } })
      const result = await client.acquireTokenByClientCredential({ scopes: ['https://graph.microsoft.com/.default'] })
      expect(result?.accessToken, 'an application token')
      const { account } = await signedIn({ clientCertificate: { privateKey, thumbprintSha256 } })
      return `private_key_jwt, also with the code of ${account.username}`
    }),

    flow('public client', async () => {
      const client = new PublicClientApplication({
        auth: { clientId: stage.publicClientId, authority },
        system: { networkClient: network },
      })
      const result = await signIn(client, ['https://graph.microsoft.com/User.Read'])
      return `no secret, ${result.account?.username ?? 'nobody'}`
    }),

    flow('device code', async () => {
      const client = new PublicClientApplication({
        auth: { clientId: stage.publicClientId, authority },
        system: { networkClient: network },
      })
      let approved: Promise<void> | undefined
      const result = await client.acquireTokenByDeviceCode({
        scopes: ['https://graph.microsoft.com/User.Read'],
        deviceCodeCallback: ({ verificationUri, userCode }) => {
          approved = stage.approveDevice(verificationUri, userCode)
        },
      })
      await approved
      expect(result?.account?.username === stage.person.address, 'the account to be the person who typed the code')
      expect((await stage.graph('/v1.0/me', result.accessToken)).status === 200, 'Graph to take the access token')
      return `${result.account.username}, by a code typed elsewhere`
    }),

    flow('interaction required: sessions revoked', async () => {
      const { client, account } = await signedIn()
      stage.revokeSessions()
      const error = await failureOf(client.acquireTokenSilent({ account, scopes: GRAPH_SCOPES, forceRefresh: true }))
      expect(error instanceof InteractionRequiredAuthError, `InteractionRequiredAuthError, not ${String(error)}`)
      expect(error.subError === 'bad_token', `suberror bad_token, not ${error.subError}`)
      return `${error.errorNo ?? ''} ${error.errorCode} ${error.subError}`.trim()
    }),

    flow('interaction required: consent withdrawn', async () => {
      const { client, account } = await signedIn()
      const restore = stage.withdrawConsent()
      try {
        const error = await failureOf(client.acquireTokenSilent({ account, scopes: GRAPH_SCOPES, forceRefresh: true }))
        expect(error instanceof InteractionRequiredAuthError, `InteractionRequiredAuthError, not ${String(error)}`)
        expect(error.subError === 'consent_required', `suberror consent_required, not ${error.subError}`)
        return `${error.errorNo ?? ''} ${error.errorCode} ${error.subError}`.trim()
      } finally {
        restore()
      }
    }),

    flow('server error: wrong secret', async () => {
      const client = confidential({ clientSecret: 'not-the-secret' })
      const attempt = client.acquireTokenByClientCredential({ scopes: ['https://graph.microsoft.com/.default'] })
      const error = await failureOf(attempt)
      expect(error instanceof ServerError && !(error instanceof InteractionRequiredAuthError), 'a plain ServerError')
      expect(error.errorCode === 'invalid_client', `invalid_client, not ${error.errorCode}`)
      expect(error.message.includes('AADSTS7000215'), `AADSTS7000215 in: ${error.message}`)
      return error.errorCode
    }),
  ]
}

function networkClient(stage: Stage): INetworkModule {
  async function send<T>(method: string, url: string, options?: { headers?: Record<string, string>; body?: string }) {
    const { headers = {}, body } = options ?? {}
    const answer = await stage.fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })
    return {
      headers: Object.fromEntries(answer.headers),
      body: (await answer.json()) as T,
      status: answer.status,
    }
  }
  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  }
}

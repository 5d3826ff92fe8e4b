/** Tasks of an Entra admin in the sandbox before and during a test, with the requests of Azure CLI. */
import { createHash, randomBytes } from 'node:crypto'
import { createSandboxPerson } from './sandbox-people.ts'
import type { SandboxProcess } from './sandbox-process.ts'

/** Azure CLI's own application, which needs no consent. */
const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
const CLI_REDIRECT_URI = 'http://localhost'

export const CONTOSO = {
  tenantId: '5f9c1c3e-6d1b-4a57-9b1e-2c0a8f3d7e11',
  domain: 'contoso.example',
  admin: 'ada@contoso.example',
}
export const FABRIKAM = {
  tenantId: '8b2d4f60-93c7-4e1a-a4d5-71e6c9b0f322',
  domain: 'fabrikam.example',
  admin: 'carla@fabrikam.example',
}

export interface SandboxDirectory {
  /** Sends a request to Graph's directory as the admin; throws on an unsuccessful response. */
  ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer>

  /**
   * Registers like the script of a work order: application, service principal, secret and, with `consentTo`, consent
   * for all.
   */
  register(
    manifest: object,
    options?: { consentTo?: readonly { resourceAppId: string; value: string }[] },
  ): Promise<RegisteredApplication>
}

export interface RegisteredApplication {
  /** Application (client) ID. The directory changes the application by its object id. */
  clientId: string
  objectId: string
  secret: { keyId: string; value: string; expiresAt: Date }
}

/** Signs the admin in like `az login`. */
export async function openSandboxDirectory(
  sandbox: SandboxProcess,
  { tenantId, admin } = CONTOSO,
): Promise<SandboxDirectory> {
  const verifier = randomBytes(32).toString('base64url')
  const scope = 'https://graph.microsoft.com/.default'
  const question = new URLSearchParams({
    client_id: AZURE_CLI,
    response_type: 'code',
    redirect_uri: CLI_REDIRECT_URI,
    scope,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const authority = `${sandbox.login}/${tenantId}/oauth2/v2.0`
  const callback = await createSandboxPerson(sandbox, admin).walk(`${authority}/authorize?${question.toString()}`)
  const answer = await fetch(`${authority}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: AZURE_CLI,
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: CLI_REDIRECT_URI,
      code_verifier: verifier,
      scope,
    }),
  })
  const { access_token: token } = (await answer.json()) as { access_token?: string }
  if (token === undefined) throw new Error(`the admin could not sign in: ${callback.search}`)

  async function ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${sandbox.graph}/v1.0${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as Answer
  }

  async function findServicePrincipal(appId: string): Promise<string> {
    const filter = encodeURIComponent(`appId eq '${appId}'`)
    const { value } = await ask<{ value: { id: string }[] }>('GET', `/servicePrincipals?$filter=${filter}`)
    return value[0]!.id
  }

  return {
    ask,
    async register(manifest, { consentTo = [] } = {}) {
      const { id: objectId, appId: clientId } = await ask<{ id: string; appId: string }>(
        'POST',
        '/applications',
        manifest,
      )
      const client = await ask<{ id: string }>('POST', '/servicePrincipals', { appId: clientId })
      const password = await ask<{ keyId: string; secretText: string; endDateTime: string }>(
        'POST',
        `/applications/${objectId}/addPassword`,
        { passwordCredential: { displayName: 'Postkey' } },
      )
      for (const appId of new Set(consentTo.map(({ resourceAppId }) => resourceAppId))) {
        const values = consentTo.filter(({ resourceAppId }) => resourceAppId === appId).map(({ value }) => value)
        await ask('POST', '/oauth2PermissionGrants', {
          clientId: client.id,
          consentType: 'AllPrincipals',
          resourceId: await findServicePrincipal(appId),
          scope: values.join(' '),
        })
      }
      const { keyId, secretText: value, endDateTime } = password
      return { clientId, objectId, secret: { keyId, value, expiresAt: new Date(endDateTime) } }
    },
  }
}

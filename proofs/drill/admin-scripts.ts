/** Work of an admin of the organization with Graph at a terminal, with an application of their own. */
import type { StartedPostkey } from '../walk/started-postkey.ts'
import type { Part } from './people.ts'

type SandboxAddresses = StartedPostkey['sandbox']

/** `application: addPassword`; answers the secret. */
export async function addSecret(sandbox: SandboxAddresses, part: Part, startsAt: Date): Promise<string> {
  const passwordCredential = { displayName: 'new', startDateTime: startsAt.toISOString() }
  const text = await ask(sandbox, part, 'POST', '/addPassword', { passwordCredential })
  return (JSON.parse(text) as { secretText: string }).secretText
}

export async function uploadCertificate(sandbox: SandboxAddresses, part: Part, pem: string): Promise<void> {
  const key = Buffer.from(pem).toString('base64')
  const keyCredentials = [{ type: 'AsymmetricX509Cert', usage: 'Verify', key, displayName: 'Postkey' }]
  await ask(sandbox, part, 'PATCH', '', { keyCredentials })
}

async function ask(
  sandbox: SandboxAddresses,
  part: Part,
  method: 'POST' | 'PATCH',
  path: string,
  body: object,
): Promise<string> {
  const token = await fetch(`${sandbox.login}/${part.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default' },
      ...{ client_id: part.tools.clientId, client_secret: part.tools.secret },
    }),
  })
  const { access_token: bearer } = (await token.json()) as { access_token?: string }
  if (bearer === undefined) throw new Error(`the admin's script got no token: ${token.status}`)
  const application = `${new URL(sandbox.graph).origin}/v1.0/applications(appId='${part.clientId}')`
  const answer = await fetch(application + path, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path} of the application: ${answer.status} ${text}`)
  return text
}

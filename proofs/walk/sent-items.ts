/** Asks Graph with a sign-in of its own, without Postkey. */
import { createPerson, overHttp } from '../../sandbox/test/browser.ts'
import { signInAs, type Registration } from './microsoft-pages.ts'

export interface SentItem {
  subject: string
  internetMessageId: string
}

interface Sandbox {
  login: string
  graph: string
  controlPanel: string
}

export async function readSentItems(
  sandbox: Sandbox,
  registration: Registration,
  { redirectUri, delegate, sharedAddress }: { redirectUri: string; delegate: string; sharedAddress: string },
): Promise<SentItem[]> {
  const token = await obtainToken(sandbox, registration, { redirectUri, delegate })
  const path = `/users/${sharedAddress}/mailFolders/sentitems/messages?$top=50&$select=subject,internetMessageId`
  const { value } = await askGraph<{ value: SentItem[] }>(sandbox, token, 'GET', path)
  return value
}

/** An access token of a user with Full Access to shared mailboxes. */
export async function obtainToken(
  sandbox: Sandbox,
  { clientId, tenantId, secret }: Registration,
  { redirectUri, delegate }: { redirectUri: string; delegate: string },
): Promise<string> {
  // Knows only Microsoft's pages, so the browser stops where it is sent back, and Postkey never sees the code.
  const person = createPerson(overHttp([sandbox.login, sandbox.controlPanel]))
  const scope = 'https://graph.microsoft.com/Mail.ReadWrite.Shared'
  const question = new URLSearchParams({
    ...{ client_id: clientId, response_type: 'code', redirect_uri: redirectUri, scope, state: 'look' },
  })
  const authority = `${sandbox.login}/${tenantId}/oauth2/v2.0`
  await person.open(`${authority}/authorize?${question.toString()}`)
  await signInAs(person, delegate, {
    controlPanel: sandbox.controlPanel,
    isThere: (url) => url.startsWith(redirectUri),
  })
  const code = new URL(person.url).searchParams.get('code')
  if (code === null) throw new Error(`no code for the look into Sent Items: ${person.url}`)

  const tokens = await ask<{ access_token: string }>(`${authority}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'authorization_code', client_id: clientId, client_secret: secret, redirect_uri: redirectUri },
      ...{ code, scope },
    }),
  })
  return tokens.access_token
}

export async function askGraph<T>(
  sandbox: Sandbox,
  token: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  return ask<T>(sandbox.graph + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

async function ask<T>(url: string, init: RequestInit): Promise<T> {
  const answer = await fetch(url, init)
  if (!answer.ok) throw new Error(`${new URL(url).pathname}: ${answer.status} ${await answer.text()}`)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

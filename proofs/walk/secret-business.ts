/** Creates secrets of its own and sends requests with secrets that are refused, for the canary to search. */
import type { Connected } from './connect-support.ts'
import { ADMIN, SHARED } from './connect-support.ts'
import { createPostkeyClient, Refused } from './postkey-client.ts'
import type { StartedPostkey } from './started-postkey.ts'
import { expectThat, type Steps } from './steps.ts'

const AGENT = { email: 'ben@contoso.example', name: 'Ben', password: 'a second walk, by the sea' }

export async function doSecretBusiness(
  step: Steps,
  { address, firstAdminLink }: StartedPostkey,
  { client, browser, accountId, providerId, registration }: Connected,
): Promise<void> {
  await step('colleague', async () => {
    const wanted = { email: AGENT.email, name: AGENT.name, role: 'agent', emailAccountIds: [accountId] }
    const { url } = await client.call<{ url: string }>('POST', '/v1/invitations', wanted)
    const token = new URL(url).hash.slice(1)
    const colleague = createPostkeyClient(address)
    await colleague.call('POST', '/v1/links/accept', { token, password: AGENT.password })
    const { emailAccounts } = await colleague.call<{ emailAccounts: unknown[] }>('GET', '/v1/email-accounts')
    expectThat(emailAccounts.length === 1, 'the colleague sees the mailbox', emailAccounts)
  })
  const key = await step('API key', async () => {
    const wanted = { name: 'Walk', scopes: ['mail:read'], emailAccountIds: 'all' }
    const made = await client.call<{ key: string }>('POST', '/v1/api-keys', wanted)
    const headers = new Headers({ authorization: `Bearer ${made.key}` })
    const program = createPostkeyClient(address)
    const { emailAccounts } = await program.call<{ emailAccounts: unknown[] }>(
      ...(['GET', '/v1/email-accounts', undefined, headers] as const),
    )
    expectThat(emailAccounts.length === 1, 'the key opens the mailbox', emailAccounts)
    return made.key
  })
  await step('link of a work order', async () => {
    const request = {
      cloud: 'sandbox',
      accountTypes: 'single-tenant',
      receives: 'graph',
      sends: 'graph',
      kinds: ['shared'],
    }
    const { url } = await client.call<{ url: string }>('POST', '/v1/work-orders', request)
    await createPostkeyClient(address).call('POST', '/v1/work-orders/preview', { token: new URL(url).hash.slice(1) })
  })

  await step('refusals', async () => {
    const token = new URL(firstAdminLink).hash.slice(1)
    const stranger = createPostkeyClient(address)
    const unknownKey = new Headers({ authorization: `Bearer ${key}x` })
    await refused(() => stranger.call('POST', '/v1/links/accept', { token, ...ADMIN }))
    await refused(() => stranger.call('POST', '/v1/session', { email: ADMIN.email, password: `${ADMIN.password}!` }))
    await refused(() => stranger.call('POST', '/v1/session', { email: SHARED, passwort: ADMIN.password }))
    await refused(() => stranger.call('GET', '/v1/email-accounts', undefined, unknownKey))
    await refused(() => stranger.call('POST', '/v1/work-orders/preview', { token: `${token}?` }))
    const path = `/v1/cloud-providers/${providerId}/credentials`
    await refused(() => client.call('POST', path, { kind: 'secret', secret: [registration.secret] }))
    await refused(() => client.call('POST', path, { kind: 'certificate', secret: registration.secret }))
    // The code once more, by the browser that had it, and by one that never began.
    const { url } = browser
    await browser.open(url)
    expectThat(browser.status >= 400, 'a code is used once', browser.text)
    await stranger.visit({ method: 'GET', url, headers: {}, body: undefined })
  })
  await step('lists', async () => {
    const paths = LISTS.map((name) => `/v1/${name}`)
    const ofOne = [
      `/v1/cloud-providers/${providerId}/credentials`,
      `/v1/email-accounts/${accountId}/folders`,
      '/healthz',
    ]
    for (const path of [...paths, ...ofOne]) await client.call('GET', path)
    // Prometheus has a key of its own: without one, /metrics is refused.
    const made = await client.call<{ key: string }>('POST', '/v1/api-keys', {
      ...{ name: 'Prometheus', scopes: ['admin:read'], emailAccountIds: 'all' },
    })
    const headers = { authorization: `Bearer ${made.key}` }
    const figures = await createPostkeyClient(address).visit({
      ...{ method: 'GET', url: `${address}/metrics`, headers, body: undefined },
    })
    expectThat(figures.status === 200, 'the key reads the figures', figures)
    expectThat(figures.body.includes('postkey_'), 'the figures are of Postkey', figures.body)
  })
}

/** Lists an admin can read, which could reveal too much. */
const LISTS = [
  ...['api-keys', 'audit', 'cloud-providers', 'clouds', 'conversations', 'drafts', 'email-accounts', 'events'],
  ...['grants', 'invitations', 'openapi.json', 'people', 'session', 'work-orders'],
]

async function refused(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof Refused) return
    throw error
  }
  throw new Error(`expected that it is refused: ${work.toString()}`)
}

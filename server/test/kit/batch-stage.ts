/** All rooms behind HTTP, with an application that opens many mailboxes of the sandbox through a gate that counts. */
import { createServer, request } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, expect } from 'vitest'
import type { ApiKeyId } from '../../src/kernel/ids.ts'
import type { ApiKeyScope } from '../../src/people/index.ts'
import { consentToAll } from './application-rights.ts'
import { createConnectingStage } from './connecting-stage.ts'
import { openSandboxDirectory } from './sandbox-directory.ts'
import type { ShownBy } from './test-app.ts'

export interface BatchOfTest {
  id: string
  status: string
  total: number
  pausedUntil?: string
  counts: Record<string, number>
}

export interface RowOfTest {
  line: number
  address: string
  state: string
  reason?: { code: string; fix: string }
  emailAccountId?: string
  duplicateOf?: number
}

/** Passes requests on to Graph, and counts them. */
async function openGate() {
  let origin = ''
  const seen: { method: string; path: string }[] = []
  const gate = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '', headers } = incoming
    seen.push({ method, path: url })
    const to = request(
      new URL(url, origin),
      { method, headers: { ...headers, host: new URL(origin).host } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    to.on('error', () => outgoing.destroy())
    incoming.pipe(to)
  })
  gate.listen(0, 'localhost')
  await once(gate, 'listening')
  afterAll(() => {
    gate.closeAllConnections()
    gate.close()
  })
  return {
    url: `http://localhost:${(gate.address() as AddressInfo).port}`,
    seen,
    leadTo: (to: string) => void (origin = to),
  }
}

export async function createBatchStage() {
  const gate = await openGate()
  const stage = await createConnectingStage([{ id: 'counted', graphRoot: gate.url }])
  const { ask, rooms, database, sandbox, admin, registered, addProvider } = stage
  gate.leadTo(sandbox.graph)
  const directory = await openSandboxDirectory(sandbox)
  const application = await registered()
  await consentToAll(directory, application.clientId, 'Mail.ReadWrite')
  // Without it, aliases are not known.
  await consentToAll(directory, application.clientId, 'User.Read.All')
  const provider = await addProvider(application.clientId, application.secret.value, 'counted')
  const applicationOf = { cloudProviderId: provider }

  async function control(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<void> {
    const answer = await fetch(`${sandbox.controlPanel}${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    expect(answer.ok, await answer.text()).toBe(true)
  }

  /** Adds shared mailboxes `name-1@contoso.example` and so on, and returns their addresses. */
  async function addShared(name: string, count: number): Promise<string[]> {
    const addresses = Array.from({ length: count }, (_, index) => `${name}-${index + 1}@contoso.example`)
    await control('POST', '/api/mailboxes', { mailboxes: addresses.map((address) => ({ address, kind: 'shared' })) })
    return addresses
  }

  async function create(body: object, as: ShownBy = admin, headers: Record<string, string> = {}): Promise<BatchOfTest> {
    const answer = await ask('POST /v1/account-batches', { as, body: { applicationOf, ...body }, headers })
    expect(answer.status, answer.text).toBe(201)
    return answer.body as BatchOfTest
  }

  async function get({ id }: { id: string }, as: ShownBy = admin): Promise<BatchOfTest> {
    return (await ask(`GET /v1/account-batches/${id}`, { as })).body as BatchOfTest
  }

  async function rowsOf({ id }: { id: string }, state?: string): Promise<RowOfTest[]> {
    const query = `limit=500${state === undefined ? '' : `&state=${state}`}`
    const answer = await ask(`GET /v1/account-batches/${id}/rows?${query}`, { as: admin })
    expect(answer.status, answer.text).toBe(200)
    return (answer.body as { rows: RowOfTest[] }).rows
  }

  async function key(scopes: readonly ApiKeyScope[]): Promise<ShownBy & { id: ApiKeyId }> {
    const created = await rooms.people.apiKeys.create({ name: 'Shop', scopes, emailAccountIds: 'all' }, admin.id)
    return { id: created.id, authorization: `Bearer ${created.key.reveal()}` }
  }

  async function audited({ id }: { id: string }): Promise<string[]> {
    const entries = database.db.selectFrom('audit_entries').select('action').where('subject', '=', id)
    return (await entries.orderBy('id').execute()).map(({ action }) => action)
  }

  async function removeAll(): Promise<void> {
    await database.db.deleteFrom('account_batches').execute()
    await database.db.deleteFrom('email_accounts').execute()
  }

  const fault = (name: string, more: object = {}) => control('POST', '/api/faults', { name, ...more })
  const noFaults = () => control('DELETE', '/api/faults')

  return {
    ...stage,
    ...{ gate, directory, application, provider, applicationOf, control, addShared, create, get, rowsOf, key, audited },
    ...{ removeAll, fault, noFaults },
  }
}

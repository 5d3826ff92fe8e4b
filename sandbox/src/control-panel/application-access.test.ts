import { describe, expect, it } from 'vitest'
import { createMailWorld } from '../../test/mail-world.ts'
import { createControlPanelSite } from './index.ts'

const SUPPORT = 'support@contoso.example'
const BILLING = 'billing@contoso.example'
const READ = 'Application Mail.ReadWrite'
const SEND = 'Application Mail.Send'

describe('the mailbox access of an application', () => {
  it('is exactly the last list set, and empty after an empty list', async () => {
    const { appId, put, get } = setUp()
    expect(await get()).toEqual({ mailboxes: [] })

    expect((await put({ mailboxes: [SUPPORT, BILLING], roles: [READ, SEND] })).status).toBe(204)
    expect(await get()).toEqual({
      mailboxes: expect.arrayContaining([
        { address: SUPPORT, roles: [READ, SEND] },
        { address: BILLING, roles: [READ, SEND] },
      ]) as unknown,
    })

    await put({ mailboxes: [BILLING], roles: [READ] })
    expect(await get()).toEqual({ mailboxes: [{ address: BILLING, roles: [READ] }] })
    expect(await get('22222222-0000-4000-8000-000000000000')).toEqual({ mailboxes: [] })
    await put({ mailboxes: [], roles: [READ] })
    expect(await get()).toEqual({ mailboxes: [] })
    expect(appId).toMatch(/^[0-9a-f-]{36}$/)
  })

  it.each([
    ['nothing', undefined, '"mailboxes" and "roles" must'],
    ['no list', { mailboxes: SUPPORT, roles: [READ] }, '"mailboxes" and "roles" must'],
    ['a role without its prefix', { mailboxes: [SUPPORT], roles: ['Mail.ReadWrite'] }, 'Unknown role "Mail.ReadWrite"'],
    [
      'an unknown mailbox',
      { mailboxes: [SUPPORT, 'x@contoso.example'], roles: [READ] },
      'Unknown mailbox "x@contoso.example"',
    ],
  ])('is unchanged by %s, which the error names', async (_what, body, message) => {
    const { put, get } = setUp()
    await put({ mailboxes: [SUPPORT], roles: [SEND] })

    const refused = await put(body)
    expect(refused.status).toBe(400)
    expect(refused.message).toContain(message)
    expect(await get()).toEqual({ mailboxes: [{ address: SUPPORT, roles: [SEND] }] })
  })

  it('is empty for an application that does not exist', async () => {
    const { put } = setUp()
    const refused = await put({ mailboxes: [SUPPORT], roles: [READ] }, '22222222-0000-4000-8000-000000000000')
    expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('Unknown application') as string })
  })
})

function setUp() {
  const world = createMailWorld()
  const { clock, directory, outside, faults } = world
  const listening = {
    login: 'http://localhost:8410',
    graph: 'http://localhost:8411',
    portal: 'http://localhost:8412',
    controlPanel: 'http://localhost:8413',
  }
  const report = (error: unknown) => {
    throw error
  }
  const site = createControlPanelSite({
    clock,
    directory,
    outside,
    faults,
    settings: { listening, named: listening },
    report,
  })
  const { appId } = directory.applications.add(directory.people.findUserByAddress(SUPPORT)!.tenantId, {
    displayName: 'Postkey',
  })
  const ask = async (method: 'GET' | 'PUT', id: string, body?: unknown) => {
    const answer = await site.inject({
      method,
      url: `/api/application-access/${id}`,
      headers: { host: 'localhost:8413', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    })
    return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json<unknown>() }
  }
  return {
    appId,
    get: async (id = appId) => (await ask('GET', id)).body,
    put: async (body: unknown, id = appId) => {
      const { status, body: said } = await ask('PUT', id, body ?? {})
      return { status, message: (said as { error?: { message: string } } | undefined)?.error?.message }
    },
  }
}

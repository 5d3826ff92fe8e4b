import { describe, expect, it } from 'vitest'
import { createMailWorld } from '../../test/mail-world.ts'
import { createControlPanelSite } from './index.ts'

const BILLING = 'billing@contoso.example'
const PRINCIPAL = '33333333-0000-4000-8000-00000000000A'

describe('the mailbox permissions of a service principal', () => {
  it('are exactly the last list set', async () => {
    const { put, rights } = setUp()
    const request = { mailbox: BILLING, servicePrincipal: PRINCIPAL }
    expect((await put({ ...request, rights: ['FullAccess', 'SendAs'] })).status).toBe(204)
    expect(rights()).toEqual(['FullAccess', 'SendAs'])
    await put({ ...request, rights: ['FullAccess'] })
    expect(rights()).toEqual(['FullAccess'])
    await put({ ...request, rights: [] })
    expect(rights()).toEqual([])
  })

  it.each([
    [{ mailbox: 'nobody@contoso.example', servicePrincipal: PRINCIPAL, rights: [] }, '"mailbox"'],
    [{ mailbox: BILLING, servicePrincipal: 'Postkey', rights: [] }, '"servicePrincipal"'],
    [{ mailbox: BILLING, servicePrincipal: PRINCIPAL, rights: ['All'] }, '"rights"'],
    [{ mailbox: BILLING, servicePrincipal: PRINCIPAL }, '"rights"'],
    [undefined, '"mailbox"'],
  ])('are unchanged by %j', async (body, message) => {
    const { put, rights } = setUp()
    const refused = await put(body)
    expect([refused.status, refused.text.includes(message)]).toEqual([400, true])
    expect(rights()).toEqual([])
  })

  it('leave the control panel readable', async () => {
    const { put, site } = setUp()
    await put({ mailbox: BILLING, servicePrincipal: PRINCIPAL, rights: ['FullAccess'] })
    const page = await site.inject({ url: '/', headers: { host: 'localhost:8413' } })
    expect([page.statusCode, page.body.includes(BILLING)]).toEqual([200, true])
  })
})

function setUp() {
  const world = createMailWorld()
  const at = 'http://localhost:8413'
  const listening = { login: at, graph: at, portal: at, controlPanel: at }
  const report = (error: unknown) => {
    throw error
  }
  const site = createControlPanelSite({ ...world, settings: { listening, named: listening }, report })
  const { people } = world.directory
  return {
    site,
    put: async (body: unknown) => {
      const answer = await site.inject({
        method: 'PUT',
        url: '/api/mailbox-permissions',
        headers: { host: 'localhost:8413', 'content-type': 'application/json' },
        payload: JSON.stringify(body ?? null),
      })
      return { status: answer.statusCode, text: answer.body.replaceAll('\\"', '"') }
    },
    rights: () =>
      people
        .listRights(people.findUserByAddress(BILLING)!.id)
        .filter(({ trusteeId }) => trusteeId === PRINCIPAL.toLowerCase())
        .map(({ right }) => right),
  }
}

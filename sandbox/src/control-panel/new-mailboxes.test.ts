import { describe, expect, it } from 'vitest'
import { createMailWorld } from '../../test/mail-world.ts'
import { createControlPanelSite } from './index.ts'

describe('new mailboxes', () => {
  it('are added together, and each has a user of its organization', async () => {
    const { add, people } = setUp()
    const mailboxes = [
      { address: 'Shop1@contoso.example', kind: 'shared', displayName: 'Shop 1' },
      { address: 'kim@fabrikam.example', kind: 'user' },
    ]
    expect(await add({ mailboxes })).toMatchObject({ status: 201, body: '{"added":2}' })
    const shop = people.findUserByAddress('shop1@contoso.example')!
    expect(shop).toMatchObject({ displayName: 'Shop 1', accountEnabled: false })
    expect(people.findMailbox(shop.id)?.kind).toBe('shared')
    expect(people.findUserByAddress('kim@fabrikam.example')).toMatchObject({ accountEnabled: true })
  })

  it.each([
    [{}, '"mailboxes"'],
    [{ mailboxes: [{ address: 'new@contoso.example' }] }, 'Entry 0'],
    [{ mailboxes: [{ address: 'new@elsewhere.example', kind: 'user' }] }, 'Entry 0'],
    [{ mailboxes: [{ address: 'anna@contoso.example', kind: 'user' }] }, 'Entry 0'],
    [{ mailboxes: ['a@', 'A@'].map((name) => ({ address: `${name}contoso.example`, kind: 'user' })) }, 'once'],
  ])('are none of %j', async (body, message) => {
    const { add, people } = setUp()
    const before = people.listMailboxes().length
    const refused = await add(body)
    expect([refused.status, refused.body.includes(message)]).toEqual([400, true])
    expect(people.listMailboxes()).toHaveLength(before)
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
  return {
    people: world.directory.people,
    add: async (body: unknown) => {
      const headers = { host: 'localhost:8413', 'content-type': 'application/json' }
      const payload = JSON.stringify(body)
      const answer = await site.inject({ method: 'POST', url: '/api/mailboxes', headers, payload })
      return { status: answer.statusCode, body: answer.body.replaceAll('\\"', '"') }
    },
  }
}

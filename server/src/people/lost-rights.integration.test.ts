/** Links and API keys of a person who loses the role of admin. */
import { describe, expect, it } from 'vitest'
import type { PersonId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import { createTestClock, silentLog, testDatabase, testKeyRing } from '../../test/kit/index.ts'
import { createPeople } from './create-people.ts'
import type { Role } from './person.ts'

const database = await testDatabase()
const clock = createTestClock()
const { people, links, apiKeys } = createPeople({
  database,
  clock,
  publicUrl: new URL('http://localhost:8400'),
  sessionSecret: new Secret('x'.repeat(43)),
  keyRing: testKeyRing(),
  log: silentLog,
})
const PASSWORD = new Secret('correct horse battery')
const ADDRESS = '203.0.113.7'
const tokenOf = (link: { url: Secret }) => new Secret(new URL(link.url.reveal()).hash.slice(1))

let number = 0
const newAddress = () => `person${++number}@contoso.example`

async function join(role: Role) {
  const link = await links.invite({ email: newAddress(), name: 'P', role, emailAccountIds: [] }, 'test')
  return (await links.accept(tokenOf(link), { password: PASSWORD })).id
}

const stays = await join('admin')

const WAYS: [string, (id: PersonId) => Promise<unknown>][] = [
  ['removed', (id) => people.remove(id, `person:${stays}`)],
  ['demoted', (id) => people.changeRole(id, 'agent', `person:${stays}`)],
]

describe.each(WAYS)('an admin who is %s', (_how, lose) => {
  it("can't return by a link that they made, and the link is invalid for all other people", async () => {
    const leaving = await join('admin')
    const other = await join('agent')
    const invitation = { email: newAddress(), name: 'Back Door', role: 'admin' as const, emailAccountIds: [] }
    const made = [
      await links.invite(invitation, `person:${leaving}`),
      await links.reset(other, `person:${leaving}`),
      await links.reset(stays, `person:${leaving}`),
    ]

    await lose(leaving)

    for (const link of made) {
      await expect(links.accept(tokenOf(link), { password: PASSWORD })).rejects.toMatchObject({
        code: 'people.link_ended',
      })
      await expect(links.look(tokenOf(link))).rejects.toMatchObject({ code: 'people.link_ended' })
    }
    expect((await links.listOpen()).map(({ id }) => id)).not.toContain(made[0]!.id)
  })

  it('keeps the links of other admins valid', async () => {
    const leaving = await join('admin')
    const invitation = { email: newAddress(), name: 'New', role: 'agent' as const, emailAccountIds: [] }
    const link = await links.invite(invitation, `person:${stays}`)

    await lose(leaving)

    await expect(links.accept(tokenOf(link), { password: PASSWORD })).resolves.toMatchObject({
      email: invitation.email,
    })
  })

  it('loses their API keys, even when they become an admin again later', async () => {
    const leaving = await join('admin')
    const wanted = { name: 'Shop', scopes: ['mail:read'] as const, emailAccountIds: 'all' as const }
    const [theirs, ours] = [await apiKeys.create(wanted, leaving), await apiKeys.create(wanted, stays)]

    await lose(leaving)
    await database.db.updateTable('users').set({ role: 'admin', removed_at: null }).where('id', '=', leaving).execute()

    expect(await apiKeys.find(theirs.key, ADDRESS)).toBeUndefined()
    expect((await apiKeys.list()).find(({ id }) => id === theirs.id)?.revokedAt).toBeDefined()
    expect(await apiKeys.find(ours.key, ADDRESS)).toBeDefined()
  })
})

it("a link is refused when its creator isn't an admin, for whatever reason", async () => {
  const leaving = await join('admin')
  const invitation = { email: newAddress(), name: 'Back Door', role: 'admin' as const, emailAccountIds: [] }
  const link = await links.invite(invitation, `person:${leaving}`)
  await database.db.updateTable('users').set({ role: 'agent' }).where('id', '=', leaving).execute()

  await expect(links.accept(tokenOf(link), { password: PASSWORD })).rejects.toMatchObject({ code: 'people.link_ended' })
})

/** Linked sign-ins of other people, for admins. */
import { expect, it } from 'vitest'
import { createOpenIdStage } from '../../../test/http/openid-stage.ts'
import type { ShownBy } from '../../../test/kit/index.ts'

const { ask, admin, person, addUser, link, signIn, rooms, database } = await createOpenIdStage()

async function linksOf(id: string, as: ShownBy = admin) {
  const { body } = await ask(`GET /v1/people/${id}/linked-sign-ins`, { as })
  return (body as { linkedSignIns: { id: string; isOnlyWay: boolean }[] }).linkedSignIns
}

const remove = (personId: string, id: string) =>
  ask(`DELETE /v1/people/${personId}/linked-sign-ins/${id}`, { as: admin })

it('are listed and removed, which ends all sessions of the person and is recorded', async () => {
  addUser('ada')
  const ada = await person('agent')
  await link('ada', ada)
  const here = await signIn('ada')
  const [linked] = await linksOf(ada.id)
  expect(linked).toMatchObject({ provider: 'Contoso login', userName: 'ada@contoso.example', isOnlyWay: false })
  expect((await remove((await person('agent')).id, linked!.id)).status).toBe(404)
  expect((await remove(ada.id, linked!.id)).status).toBe(204)
  for (const as of [ada, here]) expect((await ask('GET /v1/session', { as })).status).toBe(401)
  expect((await signIn('ada')).code).toBe('identity_providers.unknown_person')
  const entries = await rooms.people.audit.list({ subject: ada.id, limit: 10 })
  expect(entries.map(({ actor, action }) => `${actor} ${action}`)).toContain(`person:${admin.id} identity.unlinked`)
})

it('are removed even if nothing else signs the person in, but never one’s own last one', async () => {
  for (const sub of ['ben', 'own']) addUser(sub)
  const ben = await person('agent')
  await link('ben', ben)
  await link('own', admin)
  const without = [ben.id, admin.id]
  await database.db.deleteFrom('sign_in_methods').where('user_id', 'in', without).execute()
  const [linked] = await linksOf(ben.id)
  expect(linked).toMatchObject({ isOnlyWay: true })
  expect((await remove(ben.id, linked!.id)).status).toBe(204)
  const [own] = await linksOf(admin.id)
  expect(await remove(admin.id, own!.id)).toMatchObject({
    status: 409,
    body: { code: 'identity_providers.last_sign_in' },
  })
})

/** The change of a secret that signs results, as a program sees it. */
import { expect, it } from 'vitest'
import { createConnectingProgram } from '../../../test/http/connect-sessions/program.ts'

const DAY_MS = 24 * 60 * 60_000

const { ask, rooms, clock, admin, ...program } = await createConnectingProgram()
const { create, verify } = program

it('a new secret of a return URL signs at once, beside the old one for a day', async () => {
  const url = 'https://rotated.example/done'
  const { body: added } = await ask('POST /v1/return-urls', { as: admin, body: { url } })
  const { id, secret: old } = added as { id: string; secret: string }
  const leave = async () => {
    const session = await create({ returnUrl: url })
    const { body } = await ask('POST /v1/connect-sessions/leave', { body: { token: session.token } })
    const location = new URL((body as { url: string }).url)
    const previous = location.searchParams.get('postkey_result_previous')
    location.searchParams.delete('postkey_result_previous')
    const other = previous && `${url}?postkey_result=${previous}`
    return { session, location: location.href, other }
  }
  expect((await leave()).other).toBeNull()

  const rotated = await ask(`POST /v1/return-urls/${id}/secret`, { as: admin })
  const { secret: fresh, ...shown } = rotated.body as { secret: string; previousSecretUntil: string }
  expect(rotated).toMatchObject({ status: 201, headers: { location: `/v1/return-urls/${id}` } })
  expect(shown.previousSecretUntil).toBe(new Date(clock.now().getTime() + DAY_MS).toISOString())
  expect(fresh).not.toBe(old)
  const within = await leave()
  const { payload } = await verify(within.location, within.session, fresh)
  await expect(verify(within.location, within.session, old)).rejects.toThrow('signature')
  expect((await verify(within.other, within.session, old)).payload).toEqual(payload)

  // A second change would end the secret that programs still use.
  const early = await ask(`POST /v1/return-urls/${id}/secret`, { as: admin })
  expect(early).toMatchObject({ status: 409, body: { code: 'connect_sessions.secret_changed_recently' } })
  const still = await leave()
  await verify(still.other, still.session, old)
  await verify(still.location, still.session, fresh)

  // As after the loss of the encryption key under which the old one is sealed.
  const { db } = program.database
  const ofOld = db.updateTable('return_url_secrets').where('return_url_id', '=', id as never)
  await ofOld
    .set({ sealed: Buffer.alloc(64) })
    .where('expires_at', 'is not', null)
    .execute()
  const lost = await leave()
  expect(lost.other).toBeNull()
  await verify(lost.location, lost.session, fresh)

  clock.advance(DAY_MS)
  const later = await leave()
  expect(later.other).toBeNull()
  await verify(later.location, later.session, fresh)
  clock.advance(-DAY_MS)
  const audit = await rooms.people.audit.list({ limit: 20 })
  expect(audit.map(({ action, subject }) => `${action} ${subject}`)).toContain(`return_url.secret_rotated ${id}`)
  await ask(`DELETE /v1/return-urls/${id}`, { as: admin })
  expect((await ask(`POST /v1/return-urls/${id}/secret`, { as: admin })).status).toBe(404)
})

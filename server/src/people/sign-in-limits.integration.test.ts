/** Limits of wrong passwords, shared by all processes. */
import { beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../kernel/secret.ts'
import { testDatabase } from '../../test/kit/index.ts'
import { deleteExpiredAttempts } from './old-sign-ins.ts'
import { createSignInLimits, type SignInAttempt } from './sign-in-limits.ts'

const database = await testDatabase()
const { db } = database
const SECRET = new Secret('x'.repeat(43))
/** Two processes. */
const servers = [createSignInLimits(database, SECRET), createSignInLimits(database, SECRET)]

beforeEach(() => db.deleteFrom('sign_in_attempts').execute())

const EMAIL = 'ada@contoso.example'
const attemptOf = (changes: Partial<SignInAttempt>): SignInAttempt => ({
  ...{ email: EMAIL, clientAddress: '192.0.2.1', deviceId: undefined },
  ...changes,
})

/** Wrong passwords, concurrently and at both servers. Returns the number of those whose password would be checked. */
async function guess(count: number, changes: (n: number) => Partial<SignInAttempt>): Promise<number> {
  const tries = Array.from({ length: count }, (_, n) => servers[n % 2]!.begin(attemptOf(changes(n))))
  const ends = await Promise.allSettled(tries)
  for (const end of ends) {
    if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'people.too_many_tries' })
  }
  return ends.filter(({ status }) => status === 'fulfilled').length
}

const isAllowed = async (changes: Partial<SignInAttempt>) => (await guess(1, () => changes)) === 1
const countRows = async () => (await db.selectFrom('sign_in_attempts').select('key').execute()).length

describe('wrong passwords', () => {
  it('are limited to ten for one account from one network, exactly, at two servers together', async () => {
    expect(await guess(25, () => ({}))).toBe(10)
    expect(await isAllowed({ email: 'ADA@contoso.example' })).toBe(false)
    expect(await isAllowed({ clientAddress: '192.0.2.2' })).toBe(true)
    expect(await isAllowed({ email: 'ben@contoso.example' })).toBe(true)
  })

  it('are limited to 50 of one network for all accounts, exactly', async () => {
    expect(await guess(60, (n) => ({ email: `person${n}@contoso.example` }))).toBe(50)
    expect(await isAllowed({ email: 'other@contoso.example' })).toBe(false)
    expect(await isAllowed({ email: 'other@contoso.example', clientAddress: '192.0.2.2' })).toBe(true)
  })

  it('are limited to 100 for one account from all networks, exactly', async () => {
    expect(await guess(110, (n) => ({ clientAddress: `198.51.100.${n}` }))).toBe(100)
    expect(await isAllowed({ clientAddress: '192.0.2.2' })).toBe(false)
    expect(await isAllowed({ clientAddress: '192.0.2.2', email: 'other@contoso.example' })).toBe(true)
  })

  it('are limited to 1000 in total, and refused ones create no rows and use up no limit', async () => {
    await isAllowed({ email: 'first@contoso.example' })
    const total = await db.updateTable('sign_in_attempts').set({ points: 1000 }).where('key', '=', 'installation:all')
      .executeTakeFirst() // prettier-ignore
    expect(total.numUpdatedRows).toBe(1n)
    const before = await db.selectFrom('sign_in_attempts').selectAll().orderBy('key').execute()

    expect(await guess(10, (n) => ({ email: `${n}@contoso.example`, clientAddress: `198.51.100.${n}` }))).toBe(0)

    expect(await db.selectFrom('sign_in_attempts').selectAll().orderBy('key').execute()).toEqual(before)
  })

  it('never limit a known device when others enter them; it has its own limit', async () => {
    await guess(110, (n) => ({ clientAddress: `198.51.100.${n}` }))
    await db.updateTable('sign_in_attempts').set({ points: 1000 }).execute()

    expect(await guess(25, () => ({ deviceId: 'laptop' }))).toBe(10)
    expect(await isAllowed({ deviceId: 'phone' })).toBe(true)
  })

  it('are limited to 30 for one account on all its known devices, exactly', async () => {
    expect(await guess(40, (n) => ({ deviceId: `device${n}` }))).toBe(30)
    expect(await isAllowed({ deviceId: 'other' })).toBe(false)
    expect(await isAllowed({ deviceId: 'other', email: 'ben@contoso.example' })).toBe(true)
  })

  it('use up no other limit when one refuses them, also at the same time', async () => {
    // All read the limits before the first counts.
    expect(await guess(25, () => ({}))).toBe(10)
    const { points } = await db.selectFrom('sign_in_attempts').select('points').where('key', '=', 'installation:all')
      .executeTakeFirstOrThrow() // prettier-ignore
    expect(points).toBe(10)
  })

  it('name the seconds until the next attempt', async () => {
    await guess(10, () => ({}))
    const refusal: unknown = await servers[0]!.begin(attemptOf({})).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'people.too_many_tries' })
    const { retryAfterSeconds } = refusal as { retryAfterSeconds: number }
    expect(retryAfterSeconds).toBeGreaterThan(0)
    expect(retryAfterSeconds).toBeLessThanOrEqual(15 * 60)
  })

  it('are stored without addresses of people and clients', async () => {
    await isAllowed({ deviceId: 'laptop' })
    await isAllowed({})
    const keys = async () => (await db.selectFrom('sign_in_attempts').select('key').execute()).map(({ key }) => key)
    const before = await keys()
    await createSignInLimits(database, new Secret('y'.repeat(43))).begin(attemptOf({ deviceId: 'laptop' }))
    await createSignInLimits(database, new Secret('y'.repeat(43))).begin(attemptOf({}))
    // All but the total have other keys with another secret.
    expect(await keys()).toHaveLength(2 * before.length - 1)
    const rows = JSON.stringify(await db.selectFrom('sign_in_attempts').selectAll().execute())
    for (const part of ['ada', 'contoso', '192.0.2.1', 'laptop']) expect(rows).not.toContain(part)
  })
})

describe('after a successful sign-in', () => {
  it('the attempt is canceled, and those for other accounts still count', async () => {
    expect(await guess(49, (n) => ({ email: `person${n}@contoso.example` }))).toBe(49)
    for (let n = 0; n < 3; n++) {
      const attempt = await servers[0]!.begin(attemptOf({}))
      await attempt.succeed()
    }
    expect(await guess(2, (n) => ({ email: `other${n}@contoso.example` }))).toBe(1)
  })

  it('by a link, the account is no longer limited', async () => {
    await guess(100, (n) => ({ clientAddress: `198.51.100.${n % 10}` }))
    await guess(40, (n) => ({ deviceId: `device${n}` }))
    expect(await isAllowed({ clientAddress: '192.0.2.1' })).toBe(false)
    await servers[0]!.forget(EMAIL, '198.51.100.1')
    expect(await isAllowed({ clientAddress: '198.51.100.1' })).toBe(true)
    expect(await isAllowed({ deviceId: 'other' })).toBe(true)
  })
})

it('a canceled attempt counts no more, and earlier ones still do', async () => {
  await guess(9, () => ({}))
  for (let n = 0; n < 3; n++) await (await servers[0]!.begin(attemptOf({}))).cancel()
  expect(await guess(3, () => ({}))).toBe(1)
})

it('a window that began when the clock was a year ahead is forgotten, one of a server slightly ahead is not', async () => {
  const setExpiry = (ms: number) =>
    db
      .updateTable('sign_in_attempts')
      .set({ expire: Date.now() + ms })
      .execute()
  await guess(10, () => ({}))
  await setExpiry(20 * 60 * 1000)
  expect(await isAllowed({})).toBe(false)
  await setExpiry(365 * 24 * 60 * 60 * 1000)
  expect(await guess(11, () => ({}))).toBe(10)
})

it('wrong passwords are forgotten after their time, and their rows deleted', async () => {
  await guess(11, () => ({}))
  await isAllowed({ email: 'ben@contoso.example', clientAddress: '192.0.2.2' })
  await db.updateTable('sign_in_attempts').set({ expire: 1 }).where('key', 'like', 'accountAndNetwork:%').execute()
  expect(await isAllowed({})).toBe(true)

  const before = await countRows()
  expect(await deleteExpiredAttempts(db, new Date(2), 100)).toBe(1)
  expect(await countRows()).toBe(before - 1)
})

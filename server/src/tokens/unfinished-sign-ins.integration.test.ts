import { beforeEach, expect, it } from 'vitest'
import { silentLog } from '../../test/kit/index.ts'
import { ACTOR, BEN, createSignInStage, SESSION, TENANT } from '../../test/kit/sign-in-stage.ts'
import { AppError } from '../kernel/errors.ts'
import type { GrantId } from '../kernel/ids.ts'
import { createSignInHooks } from './sign-in-hooks.ts'
import { createUnfinishedSignIns } from './unfinished-sign-ins.ts'

const ANNA = '00000000-0000-4000-8000-000000000002'
const stage = await createSignInStage()
const { clock, database, server, begin, signIn, signedIn, provider, deviceSignIns, deviceCodeAllowances } = stage
const { finishSignIns, onSignIn, grants } = stage

/** Simulates mailboxes that another transaction has locked. */
let isLocked = false
const updated: GrantId[] = []
onSignIn({
  inTransaction(_tx, { id }) {
    if (isLocked) return Promise.reject(new AppError('database.lock_busy'))
    return Promise.resolve(void updated.push(id))
  },
  afterCommit: () => Promise.resolve(),
})

beforeEach(async () => {
  isLocked = false
  updated.length = 0
  await database.pool.query('DELETE FROM authorizations; DELETE FROM device_sign_ins')
})

async function beginByCode() {
  await deviceCodeAllowances.allow(provider(), true, ACTOR)
  const requested = { requestedAddress: 'support@contoso.example', requestedKind: 'shared' as const }
  return deviceSignIns.begin({
    ...requested,
    cloudProviderId: provider(),
    sessionHash: SESSION,
    startedBy: ACTOR,
  })
}

it('unfinished sign-ins are kept until they are finished, also when ended ones are deleted', async () => {
  isLocked = true
  await signIn({ objectId: ANNA })
  await beginByCode()
  server.device.approve({ tenantId: TENANT, objectId: BEN })
  clock.advance(6000)
  await deviceSignIns.askDue()
  const signedInGrants = (await grants.list(provider())).map(({ id }) => id)
  expect(signedInGrants).toHaveLength(2)

  clock.advance(25 * 60 * 60 * 1000)
  await begin()
  await beginByCode()
  isLocked = false
  await finishSignIns()

  expect(updated.toSorted()).toEqual(signedInGrants.toSorted())
  await finishSignIns()
  expect(updated).toHaveLength(2)
  await begin()
  await beginByCode()
  const { rows } = await database.pool.query<{ count: number }>(
    'SELECT (SELECT count(*) FROM authorizations)::integer + (SELECT count(*) FROM device_sign_ins)::integer AS count',
  )
  expect(rows[0]!.count).toBe(4)
})

it('a later sign-in of the grant finishes an unfinished one', async () => {
  isLocked = true
  const id = await signedIn()
  isLocked = false
  expect(await signedIn()).toBe(id)
  expect(updated).toEqual([id])

  await finishSignIns()

  expect(updated).toEqual([id])
})

it('sign-ins that fail again delay no others, and run two at a time', async () => {
  await begin()
  await database.pool.query(`INSERT INTO authorizations
    SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(),
      'state_hash', '\\x' || encode(sha256(n::text::bytea), 'hex'),
      'outcome', jsonb_build_object('grantId', gen_random_uuid(), 'isUnfinished', true)))).*
    FROM authorizations AS one, generate_series(1, 150) AS n`)
  const tried = new Set<GrantId>()
  let [running, most] = [0, 0]
  const { finish } = createUnfinishedSignIns({
    database,
    signInHooks: createSignInHooks(silentLog),
    vault: {
      async summary(id) {
        tried.add(id)
        most = Math.max(most, ++running)
        await database.pool.query('SELECT 1')
        running--
        throw new AppError('database.lock_busy')
      },
    },
  })

  await expect(finish()).rejects.toMatchObject({ code: 'database.lock_busy' })
  expect(tried.size).toBe(100)
  await expect(finish()).rejects.toMatchObject({ code: 'database.lock_busy' })

  expect(tried.size).toBe(150)
  expect(most).toBeLessThanOrEqual(2)
})

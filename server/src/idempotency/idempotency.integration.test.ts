/** Repeated requests at every moment of the first: before its commit, after it, and after its answer. */
import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { createTestClock, silentLog, testDatabase, testKeyRing } from '../../test/kit/index.ts'
import { newId } from '../kernel/ids.ts'
import { createIdempotency } from './index.ts'
import { forgetAnswers } from './forget-answers.ts'

const SECONDS = 1000
const DAY_MS = 24 * 60 * 60_000

const database = await testDatabase()
const clock = createTestClock()
const keyRing = testKeyRing()
await database.pool.query('INSERT INTO encryption_keys (key_id, check_value, created_at) VALUES ($1, $2, $3)', [
  ...[keyRing.currentId, Buffer.from(''), clock.now()],
])
const { idempotency, idempotencyService } = createIdempotency({ database, clock, keyRing, log: silentLog })

const request = (key: string, fingerprint = 'the same') => ({
  ...{ caller: 'api-key:1', route: 'POST /v1/tags', key, fingerprint },
})
const refusal = (code: string) => expect.objectContaining({ code: `http.idempotency_${code}` }) as Error

async function create(): Promise<string> {
  const id = newId()
  await database.creation((tx) =>
    tx
      .insertInto('tags')
      .values({ id: id as never, name: id, color: 'teal', created_at: clock.now() })
      .execute(),
  )
  return id
}
const count = async () =>
  Number((await database.pool.query<{ count: string }>('SELECT count(*) FROM tags')).rows[0]!.count)

/** A server that is killed while it waits here. */
const killed = () => new Promise<never>(() => undefined)

it('a repetition gets the first answer, and creates nothing', async () => {
  const first = await idempotency.once(request('repeated'), create)
  const before = await count()
  expect(await idempotency.once(request('repeated'), create)).toEqual({ ...first, isRepeated: true })
  expect(await count()).toBe(before)
})

it('a key belongs to its caller and route', async () => {
  const first = await idempotency.once(request('scope'), create)
  for (const other of [{ caller: 'api-key:2' }, { route: 'POST /v1/drafts' }, { key: 'scope2' }]) {
    const { answer, isRepeated } = await idempotency.once({ ...request('scope'), ...other }, create)
    expect(isRepeated).toBe(false)
    expect(answer).not.toBe(first.answer)
  }
})

it('another content with the key is refused', async () => {
  await idempotency.once(request('reused'), create)
  await expect(idempotency.once(request('reused', 'other'), create)).rejects.toEqual(refusal('key_reused'))
})

it('only one of concurrent requests creates', async () => {
  const before = await count()
  const all = await Promise.allSettled(Array.from({ length: 8 }, () => idempotency.once(request('at once'), create)))
  expect(await count()).toBe(before + 1)
  const refused = all.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
  for (const each of refused) expect(each).toEqual(refusal('in_progress'))
  expect(refused.length).toBeLessThan(8)
})

it('a request that fails frees its key', async () => {
  const fail = () => Promise.reject(new Error('refused'))
  await expect(idempotency.once(request('failing'), fail)).rejects.toThrow('refused')
  await expect(
    idempotency.once(request('failing'), () =>
      database.creation(async (tx) => {
        await tx.deleteFrom('tags').execute()
        throw new Error('rolled back')
      }),
    ),
  ).rejects.toThrow('rolled back')
  expect(await idempotency.once(request('failing'), create)).toMatchObject({ isRepeated: false })
})

it('a request that is refused after another transaction, such as a refreshed token, frees its key', async () => {
  const keepToken = () => database.transaction((tx) => tx.selectFrom('tags').select('id').execute())
  const fail = async () => {
    await keepToken()
    await database.oneStatement((db) => db.selectFrom('tags').select('id').execute())
    throw new Error('refused')
  }
  await expect(idempotency.once(request('refreshed'), fail)).rejects.toThrow('refused')
  expect(await idempotency.once(request('refreshed'), create)).toMatchObject({ isRepeated: false })
})

it('a slow server that was replaced keeps what it shares with other requests', async () => {
  const shared = newId()
  let goOn = () => {}
  const pause = new Promise<void>((resolve) => (goOn = resolve))
  const slow = idempotency.once(request('shared'), async () => {
    await pause
    await database.transaction((tx) =>
      tx
        .insertInto('tags')
        .values({ id: shared as never, name: shared, color: 'teal', created_at: clock.now() })
        .execute(),
    )
    return create()
  })
  await expect(repeatedSoon('shared')).rejects.toEqual(refusal('in_progress'))
  clock.advance(31 * SECONDS)
  await idempotency.once(request('shared'), create)
  goOn()
  await expect(slow).rejects.toEqual(refusal('in_progress'))
  expect((await database.pool.query('SELECT FROM tags WHERE id = $1', [shared])).rows).toHaveLength(1)
})

it('a request that fails after its commit ends its lease at once', async () => {
  const fail = async () => {
    await create()
    throw new Error('too late')
  }
  await expect(idempotency.once(request('too late'), fail)).rejects.toThrow('too late')
  await expect(idempotency.once(request('too late'), create)).rejects.toEqual(refusal('answer_lost'))
})

it('a slow request keeps its lease while it runs, before its commit and after it', async () => {
  const renewing = createIdempotency({ database, clock, keyRing, log: silentLog, renewsEveryMs: 20 }).idempotency
  const renewed = async () => {
    for (;;) {
      const { rows } = await database.pool.query('SELECT FROM idempotent_requests WHERE answered_at IS NULL AND leased_until > $1', [new Date(clock.now().getTime() + 29 * SECONDS)]) // prettier-ignore
      if (rows.length > 0) return
    }
  }
  const first = renewing.once(request('long'), async () => {
    clock.advance(29 * SECONDS)
    await renewed()
    clock.advance(20 * SECONDS)
    await expect(idempotency.once(request('long'), create)).rejects.toEqual(refusal('in_progress'))
    const id = await create()
    await renewed()
    clock.advance(29 * SECONDS)
    await renewed()
    clock.advance(20 * SECONDS)
    await expect(idempotency.once(request('long'), create)).rejects.toEqual(refusal('in_progress'))
    return id
  })
  const { answer } = await first
  expect(await idempotency.once(request('long'), create)).toEqual({ answer, isRepeated: true })
})

it('a server killed before the commit has created nothing, and the repetition creates after the lease', async () => {
  const before = await count()
  void idempotency.once(request('early'), killed)
  await expect(repeatedSoon('early')).rejects.toEqual(refusal('in_progress'))
  clock.advance(31 * SECONDS)
  expect(await idempotency.once(request('early'), create)).toMatchObject({ isRepeated: false })
  expect(await count()).toBe(before + 1)
})

it('a server killed after the commit has created, and the repetition does not create again', async () => {
  const before = await count()
  let committed = () => {}
  const isCommitted = new Promise<void>((resolve) => (committed = resolve))
  void idempotency.once(request('late'), async () => {
    await create()
    committed()
    return killed()
  })
  await isCommitted
  await expect(idempotency.once(request('late'), create)).rejects.toEqual(refusal('in_progress'))
  clock.advance(31 * SECONDS)
  await expect(idempotency.once(request('late'), create)).rejects.toEqual(refusal('answer_lost'))
  expect(await count()).toBe(before + 1)
})

it('a slow server that was replaced commits nothing', async () => {
  const before = await count()
  let goOn = () => {}
  const pause = new Promise<void>((resolve) => (goOn = resolve))
  const slow = idempotency.once(request('slow'), async () => {
    await pause
    return create()
  })
  await expect(repeatedSoon('slow')).rejects.toEqual(refusal('in_progress'))
  clock.advance(31 * SECONDS)
  const { answer } = await idempotency.once(request('slow'), create)
  goOn()
  await expect(slow).rejects.toEqual(refusal('in_progress'))
  expect(await count()).toBe(before + 1)
  expect(await idempotency.once(request('slow'), create)).toEqual({ answer, isRepeated: true })
})

it('the database has neither content nor answer in clear', async () => {
  const secret = randomBytes(12).toString('hex')
  await idempotency.once(request('secret', `password ${secret}`), async () => ({ id: await create(), secret }))
  const { rows } = await database.pool.query<{ sealed: Buffer }>('SELECT * FROM idempotent_requests')
  const stored = rows.map((row) => JSON.stringify(row) + row.sealed.toString('latin1')).join('\n')
  expect(stored).not.toContain(secret)
  expect((await idempotency.once(request('secret', `password ${secret}`), create)).answer).toMatchObject({ secret })
})

it('an erasure deletes the answers, and repetitions still create nothing', async () => {
  await idempotency.once(request('erased'), create)
  const before = await count()
  await database.transaction(forgetAnswers)
  const { rows } = await database.pool.query('SELECT FROM idempotent_requests WHERE sealed IS NOT NULL AND answered_at IS NOT NULL') // prettier-ignore
  expect(rows).toEqual([])
  await expect(idempotency.once(request('erased'), create)).rejects.toEqual(refusal('answer_lost'))
  expect(await count()).toBe(before)
})

it('an erasure during a request keeps its answer from being stored', async () => {
  const first = await idempotency.once(request('erased meanwhile'), async () => {
    const id = await create()
    await database.transaction(forgetAnswers)
    return id
  })
  expect(first.isRepeated).toBe(false)
  const { rows } = await database.pool.query('SELECT FROM idempotent_requests WHERE sealed IS NOT NULL')
  expect(rows).toEqual([])
  await expect(idempotency.once(request('erased meanwhile'), create)).rejects.toEqual(refusal('answer_lost'))
})

it('an answer of more than a megabyte is not stored, and its repetition creates nothing', async () => {
  const long = 'x'.repeat(1024 * 1024)
  const createLong = async () => ({ id: await create(), long })
  expect((await idempotency.once(request('long answer'), createLong)).answer.long).toBe(long)
  const before = await count()
  await expect(idempotency.once(request('long answer'), createLong)).rejects.toEqual(refusal('answer_lost'))
  expect(await count()).toBe(before)
})

it('requests are deleted after a day', async () => {
  await idempotency.once(request('old'), create)
  clock.advance(DAY_MS - SECONDS)
  idempotencyService.start()
  await idempotencyService.settled()
  expect(await idempotency.once(request('old'), create)).toMatchObject({ isRepeated: true })
  clock.advance(SECONDS)
  // Also before the next round.
  expect(await idempotency.once(request('old'), create)).toMatchObject({ isRepeated: false })
  clock.advance(DAY_MS)
  idempotencyService.poke()
  await idempotencyService.settled()
  await idempotencyService.stop()
  expect((await database.pool.query('SELECT FROM idempotent_requests')).rows).toEqual([])
})

/** The first request may not have stored its record yet. */
async function repeatedSoon(key: string): Promise<unknown> {
  for (;;) {
    const { rows } = await database.pool.query('SELECT attempt_id FROM idempotent_requests WHERE answered_at IS NULL AND committed_at IS NULL') // prettier-ignore
    if (rows.length > 0) return idempotency.once(request(key), create)
  }
}

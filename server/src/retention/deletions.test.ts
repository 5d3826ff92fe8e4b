import { expect, it } from 'vitest'
import { type BatchSize, USUAL_BATCH } from '../conversations/index.ts'
import type { Database, Tx } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import { createDeletions } from './deletions.ts'

const end = new AbortController().signal

/** Runs batches that succeed up to `most` messages; returns the sizes and limits of all. */
async function sizesOf(most: number, code: 'database.too_slow' | 'database.disk_full' = 'database.too_slow') {
  const limits: (number | undefined)[] = []
  const database: Pick<Database, 'transaction'> = {
    transaction(work, { limitMs } = {}) {
      limits.push(limitMs)
      return work(undefined as never)
    },
  }
  const sizes: number[] = []
  const deletions = createDeletions(database, (batch) => batch(), end)
  const work = (_: Tx, size: BatchSize) => {
    sizes.push(size.messages)
    return size.messages > most ? Promise.reject(new AppError(code)) : Promise.resolve(size)
  }
  const all = (async () => {
    await deletions.batch(work)
    return deletions.batch(work)
  })()
  return { error: await all.then(() => undefined, (error: unknown) => error), sizes, limits } // prettier-ignore
}

it('a batch that was too slow is repeated with fewer messages and more time, and later ones stay small', async () => {
  expect(await sizesOf(USUAL_BATCH.messages)).toEqual({ sizes: [200, 200], limits: [undefined, undefined] })
  expect(await sizesOf(30)).toEqual({ sizes: [200, 25, 25], limits: [undefined, 180_000, 180_000] })
})

it('a batch of one message that is too slow fails, and so does one that fails otherwise', async () => {
  expect(await sizesOf(0)).toMatchObject({ sizes: [200, 25, 4, 1], error: { code: 'database.too_slow' } })
  expect(await sizesOf(0, 'database.disk_full')).toMatchObject({ sizes: [200], error: { code: 'database.disk_full' } })
})

import { expect, it } from 'vitest'
import { testDatabase } from '../../test/kit/index.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { openLockSession } from './lock-session.ts'

const { url } = await testDatabase()

it('releases all locks when a statement for several of them fails', async () => {
  const [session, other] = await Promise.all([
    openLockSession(url, DEFAULT_LIMITS),
    openLockSession(url, DEFAULT_LIMITS),
  ])
  const outOfRange = 2n ** 63n
  expect(await session.tryLock(1n)).toBe(true)

  const requested = await Promise.allSettled([session.tryLock(2n), session.tryLock(outOfRange)])

  expect(requested.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(session.lost.aborted).toBe(true)
  await expect.poll(() => Promise.all([other.tryLock(1n), other.tryLock(2n)])).toEqual([true, true])
  await other.close()
})

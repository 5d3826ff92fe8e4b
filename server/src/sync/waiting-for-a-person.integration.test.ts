import { expect, it } from 'vitest'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import { createTestClock, testDatabase } from '../../test/kit/index.ts'
import { createStage } from '../../test/sync/stage.ts'
import { StrictFolderServer } from '../../test/sync/strict-folder-server.ts'

const MINUTE_MS = 60_000
const database = await testDatabase()
const clock = createTestClock()
const { emailAccounts, associate, sync } = createStage(database, clock, new Map())

async function pass(ms: number): Promise<void> {
  clock.advance(ms)
  await sync.start()
  await sync.settled()
  await sync.stop()
}

/** A mailbox that Microsoft refuses, with a counter of tries. */
async function refused(address: string, code: ErrorCode) {
  const server = new StrictFolderServer()
  let tries = 0
  server.beforePage = () => {
    tries++
    throw new AppError(code)
  }
  const { id } = await associate(address, server.transport)
  await pass(0)
  tries = 0
  return { server, id, tries: () => tries }
}

it('a mailbox that waits for a person is retried after 1, 2, 4 and 8 minutes, and then every 15 minutes', async () => {
  const { tries } = await refused('patient@contoso.example', 'transports.access_denied')
  const triedAt: number[] = []
  for (let minute = 1; minute <= 60; minute++) {
    const before = tries()
    await pass(MINUTE_MS)
    if (tries() > before) triedAt.push(minute)
  }
  expect(triedAt).toEqual([1, 2, 4, 8, 16, 31, 46])
})

it('a mailbox that waits for a person is retried when viewed, at most once a minute, and always on demand', async () => {
  const { id, tries } = await refused('looked-at@contoso.example', 'transports.access_denied')
  await pass(20 * MINUTE_MS)
  const before = tries()
  for (let look = 0; look < 5; look++) {
    await sync.lookedAt(id)
    await pass(1000)
  }
  expect(tries() - before).toBe(1)
  await sync.lookedAt(id, { isPressed: true })
  await pass(0)
  expect(tries() - before).toBe(2)
  clock.advance(MINUTE_MS)
  await sync.lookedAt(id)
  await pass(0)
  expect(tries() - before).toBe(3)
})

it('a mailbox keeps a pause requested by the server when viewed', async () => {
  const { server, id } = await refused('throttled@contoso.example', 'transports.access_denied')
  const retryAt = new Date(clock.now().getTime() + 30 * MINUTE_MS)
  server.beforePage = () => undefined
  await pass(2 * MINUTE_MS)
  server.beforePage = () => {
    throw new AppError('transports.throttled', { upstream: { status: 429, retryAt } })
  }
  await pass(2 * MINUTE_MS)
  await sync.lookedAt(id, { isPressed: true })
  expect(await emailAccounts.get(id)).toMatchObject({ state: 'degraded', nextTryAt: retryAt, dueAt: retryAt })
})

it('the upstream error is kept, so that two policies with the same reason can be distinguished', async () => {
  const { server, id } = await refused('policy@contoso.example', 'tokens.blocked_by_policy')
  for (const number of [53_000, 53_003]) {
    server.beforePage = () => {
      const upstream = { error: 'invalid_grant', errorCodes: [number], correlationId: 'c', claims: '{"a":1}' }
      throw new AppError('tokens.blocked_by_policy', { upstream })
    }
    await pass(16 * MINUTE_MS)
    const { reason, said } = await emailAccounts.get(id)
    expect([reason?.code, said]).toEqual([
      'tokens.blocked_by_policy',
      { error: 'invalid_grant', errorCodes: [number], correlationId: 'c' },
    ])
  }
  server.beforePage = () => undefined
  await pass(16 * MINUTE_MS)
  expect(await emailAccounts.get(id)).toMatchObject({ state: 'connected', said: undefined })
})

import { afterAll, describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/errors.ts'
import { Secret } from '../../kernel/secret.ts'
import { createTestClock, testDatabase } from '../../../test/kit/index.ts'
import type { NotificationRequest, Notifications } from '../../transports/index.ts'
import { createStage } from '../../../test/sync/stage.ts'
import { StrictFolderServer } from '../../../test/sync/strict-folder-server.ts'

const HOUR_MS = 3_600_000
const WEEK_MS = 7 * 24 * HOUR_MS
const database = await testDatabase()
const clock = createTestClock()
const urls = { notificationUrl: 'https://p.example/n', lifecycleNotificationUrl: 'https://p.example/n' }
const { sync, associate, emailAccounts } = createStage(database, clock, new Map(), () => Promise.resolve(urls))
let accounts = 0

/** A server that sends notifications, logs calls, and deletes its subscriptions on demand. */
async function telling() {
  const server = new StrictFolderServer()
  const log: string[] = []
  let live: NotificationRequest | undefined
  let failing: AppError | undefined
  const expiresAt = () => new Date(clock.now().getTime() + WEEK_MS)
  const push: Notifications = {
    async subscribe(request) {
      log.push('subscribe')
      if (failing) throw failing
      live = request
      return { remoteId: `sub-${accounts}-${log.length}`, expiresAt: expiresAt() }
    },
    async renew(remoteId) {
      log.push('renew')
      return live && { remoteId, expiresAt: expiresAt() }
    },
    async reauthorize() {
      log.push('reauthorize')
    },
    async unsubscribe() {
      log.push('unsubscribe')
    },
  }
  server.notifications = push
  const { id } = await associate(`push${++accounts}@contoso.example`, server.transport)
  const remoteId = async () => {
    const row = await database.db
      .selectFrom('graph_subscriptions')
      .select('remote_id')
      .where('email_account_id', '=', id)
      .executeTakeFirstOrThrow()
    return row.remote_id
  }
  return {
    server,
    log,
    id,
    remoteId,
    secret: () => live!.clientState,
    forget: () => void (live = undefined),
    fail: (error: AppError | undefined) => void (failing = error),
    runOnce: async () => {
      await sync.wake(id)
      await sync.settled()
    },
  }
}

await sync.start()
afterAll(() => sync.stop())

describe('notifications', () => {
  it('are subscribed once, renewed after a third of their lifetime, and subscribed again if the server deleted them', async () => {
    const { log, id, runOnce, forget } = await telling()
    await runOnce()
    await runOnce()
    expect(log).toEqual(['subscribe'])
    expect(await emailAccounts.get(id)).toMatchObject({ push: { state: 'active', reason: undefined } })

    clock.advance(WEEK_MS / 3)
    await runOnce()
    expect(log).toEqual(['subscribe', 'renew'])

    forget()
    clock.advance(WEEK_MS / 3)
    await runOnce()
    expect(log).toEqual(['subscribe', 'renew', 'renew', 'subscribe'])
  })

  it('wake only the mailbox whose client state matches', async () => {
    const { server, runOnce, remoteId, secret } = await telling()
    await runOnce()
    const subscriptionRemoteId = await remoteId()
    const asked = server.pagesTold
    await sync.notified({ subscriptionRemoteId, clientState: new Secret('guessed') })
    await sync.notified({ subscriptionRemoteId: 'unknown', clientState: secret() })
    await sync.settled()
    expect(server.pagesTold).toBe(asked)

    await sync.notified({ subscriptionRemoteId, clientState: secret() })
    await sync.settled()
    expect(server.pagesTold).toBeGreaterThan(asked)
  })

  it('follow lifecycle events of the subscription', async () => {
    const { log, runOnce, remoteId, secret } = await telling()
    await runOnce()
    const tell = async (lifecycleEvent: string) => {
      await sync.notified({ subscriptionRemoteId: await remoteId(), clientState: secret(), lifecycleEvent })
      await sync.settled()
    }
    await tell('missed')
    await tell('reauthorizationRequired')
    await runOnce()
    await tell('subscriptionRemoved')
    expect(log).toEqual(['subscribe', 'reauthorize', 'subscribe'])
  })

  it('are subscribed to again if the subscription is removed during the run that authorizes it', async () => {
    const { server, log, runOnce, remoteId, secret } = await telling()
    await runOnce()
    const told = async (lifecycleEvent: string) =>
      sync.notified({ subscriptionRemoteId: await remoteId(), clientState: secret(), lifecycleEvent })
    server.beforePage = async () => {
      server.beforePage = () => undefined
      await told('subscriptionRemoved')
    }
    await told('reauthorizationRequired')
    await sync.settled()
    expect(log).toEqual(['subscribe', 'reauthorize', 'subscribe'])
  })

  it('cause no account failure if unavailable: the mailbox is polled and shows the reason', async () => {
    const { log, id, runOnce, fail } = await telling()
    fail(new AppError('transports.access_denied'))
    await runOnce()
    await runOnce()
    expect(await emailAccounts.get(id)).toMatchObject({
      state: 'connected',
      push: { state: 'failed', reason: { code: 'transports.access_denied' } },
    })
    // Must not subscribe again in every run.
    expect(log).toEqual(['subscribe'])
    expect((await emailAccounts.get(id)).dueAt.getTime() - clock.now().getTime()).toBeLessThanOrEqual(60_000)

    fail(undefined)
    clock.advance(HOUR_MS)
    await runOnce()
    expect((await emailAccounts.get(id)).push.state).toBe('active')
  })

  it('wait without an error while another installation has the subscription', async () => {
    const { id, runOnce, fail } = await telling()
    fail(new AppError('transports.changed_meanwhile', { upstream: { status: 409 } }))
    await runOnce()
    expect(await emailAccounts.get(id)).toMatchObject({ state: 'connected', push: { state: 'polling' } })

    fail(undefined)
    clock.advance(HOUR_MS)
    await runOnce()
    expect((await emailAccounts.get(id)).push.state).toBe('active')
  })

  it('do not replace polling: a mailbox with notifications is polled every five minutes', async () => {
    const { id, runOnce } = await telling()
    await runOnce()
    expect((await emailAccounts.get(id)).dueAt.getTime() - clock.now().getTime()).toBe(300_000)
  })

  it('end when the account is disconnected', async () => {
    const { log, id, runOnce } = await telling()
    await runOnce()
    await emailAccounts.disconnect(id, 'anna')
    expect(log).toEqual(['subscribe', 'unsubscribe'])
  })
})

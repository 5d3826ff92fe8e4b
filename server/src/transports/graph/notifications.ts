import { AppError } from '../../kernel/errors.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { NotificationRequest, RemoteSubscription } from '../mail-transport.ts'
import { type GraphClient, segment } from './graph-client.ts'
import { unlessGone } from './messages.ts'
import { asWire, text, time } from './wire.ts'

/** The most is 10,080 minutes; clocks differ, and a request takes its time. */
const LIFE_MINUTES = 10_000
const TIMEOUT_MS = 60_000

/**
 * Change notifications: Graph calls us when something happens in a folder. Creating one makes Graph call both addresses
 * at once to see whether we are there, so the endpoint must answer already.
 *
 * @see https://learn.microsoft.com/graph/api/resources/subscription
 */
export function createNotifications(client: GraphClient, clock: Clock, mailbox: string) {
  const one = (remoteId: string) => client.root(`/subscriptions/${segment(remoteId)}`)
  const end = () => new Date(clock.now().getTime() + LIFE_MINUTES * 60_000)

  return {
    async subscribe(request: NotificationRequest): Promise<RemoteSubscription> {
      const folder = request.folderRemoteId === undefined ? '' : `/mailFolders/${segment(request.folderRemoteId)}`
      const expiresAt = end()
      const answer = await client.json({
        method: 'POST',
        url: client.root('/subscriptions'),
        lane: 'sync',
        timeoutMs: TIMEOUT_MS,
        body: {
          changeType: 'created,updated,deleted',
          resource: `${mailbox === 'me' ? 'me' : `users/${segment(mailbox)}`}${folder}/messages`,
          notificationUrl: request.notificationUrl,
          lifecycleNotificationUrl: request.lifecycleNotificationUrl,
          clientState: request.clientState.reveal(),
          expirationDateTime: expiresAt.toISOString(),
          latestSupportedTlsVersion: 'v1_2',
        },
      })
      const remoteId = text(asWire(answer), 'id')
      if (remoteId === undefined) throw new AppError('transports.unavailable', { upstream: { status: 201 } })
      return { remoteId, expiresAt: time(asWire(answer), 'expirationDateTime') ?? expiresAt }
    },

    async renew(remoteId: string): Promise<RemoteSubscription | undefined> {
      const expiresAt = end()
      const body = { expirationDateTime: expiresAt.toISOString() }
      const answer = await known(() =>
        client.json({ method: 'PATCH', url: one(remoteId), lane: 'sync', body, timeoutMs: TIMEOUT_MS }),
      )
      if (answer === undefined) return undefined
      return { remoteId, expiresAt: time(asWire(answer), 'expirationDateTime') ?? expiresAt }
    },

    async reauthorize(remoteId: string): Promise<void> {
      const url = `${one(remoteId)}/reauthorize`
      await client.json({ method: 'POST', url, lane: 'sync', repeatable: true })
    },

    async unsubscribe(remoteId: string): Promise<void> {
      await known(() => client.json({ method: 'DELETE', url: one(remoteId), lane: 'sync' }))
    },
  }
}

/** `ResourceNotFound` speaks of the subscription here, and not of the mailbox. */
async function known<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await unlessGone(question)
  } catch (error) {
    if (error instanceof AppError && error.code === 'transports.mailbox_not_found') return undefined
    throw error
  }
}

import { AppError } from '../../kernel/errors.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { NotificationRequest, RemoteSubscription } from '../mail-transport.ts'
import { type GraphClient, segment } from './graph-client.ts'
import { unlessGone } from './messages.ts'
import { asWire, list, text, time, type Wire } from './wire.ts'

/** Lifetime of a subscription. The maximum is 10,080 minutes; the margin covers clock differences and the request. */
const LIFE_MINUTES = 10_000
const TIMEOUT_MS = 60_000
const MOST_PAGES = 20

/**
 * Change notifications: Graph calls our endpoint after changes in a folder. On creation, Graph immediately calls both
 * URLs to validate them, so the endpoint must already respond.
 *
 * @see https://learn.microsoft.com/graph/api/resources/subscription
 */
export function createNotifications(client: GraphClient, clock: Clock, mailbox: string) {
  const one = (remoteId: string) => client.root(`/subscriptions/${segment(remoteId)}`)
  const end = () => new Date(clock.now().getTime() + LIFE_MINUTES * 60_000)

  return {
    /**
     * Creates a subscription. Graph allows one per mailbox and application. An existing one with this URL is from an
     * attempt that crashed before it was stored: its client state is lost, so it is replaced. One with another URL
     * belongs to another installation and stays.
     */
    async subscribe(request: NotificationRequest): Promise<RemoteSubscription> {
      try {
        return await create(request)
      } catch (error) {
        if (!(error instanceof AppError) || error.upstream?.status !== 409) throw error
        const orphans = await orphansOf(request)
        if (orphans.length === 0) throw error
        for (const remoteId of orphans) await unsubscribe(remoteId)
        return create(request)
      }
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

    unsubscribe,
  }

  async function create(request: NotificationRequest): Promise<RemoteSubscription> {
    const expiresAt = end()
    const answer = await client.json({
      method: 'POST',
      url: client.root('/subscriptions'),
      lane: 'sync',
      timeoutMs: TIMEOUT_MS,
      body: {
        changeType: 'created,updated,deleted',
        resource: resourceOf(request),
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
  }

  async function unsubscribe(remoteId: string): Promise<void> {
    await known(() => client.json({ method: 'DELETE', url: one(remoteId), lane: 'sync' }))
  }

  function resourceOf({ folderRemoteId }: NotificationRequest): string {
    const folder = folderRemoteId === undefined ? '' : `/mailFolders/${segment(folderRemoteId)}`
    return `${mailbox === 'me' ? 'me' : `users/${segment(mailbox)}`}${folder}/messages`
  }

  async function orphansOf(request: NotificationRequest): Promise<string[]> {
    const wanted = resourceOf(request).toLowerCase()
    const found: string[] = []
    let url: string | undefined = client.root('/subscriptions')
    for (let page = 0; url !== undefined && page < MOST_PAGES; page++) {
      const answer: Wire = asWire(await client.json({ url, lane: 'sync', timeoutMs: TIMEOUT_MS }))
      for (const wire of list(answer, 'value')) {
        const resource = text(wire, 'resource')?.replace(/^\//, '').toLowerCase()
        const isOurs = resource === wanted && text(wire, 'notificationUrl') === request.notificationUrl
        const id = text(wire, 'id')
        if (isOurs && id !== undefined) found.push(id)
      }
      url = text(answer, '@odata.nextLink')
    }
    return found
  }
}

/** Returns undefined for `ResourceNotFound`, which concerns the subscription here instead of the mailbox. */
async function known<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await unlessGone(question)
  } catch (error) {
    if (error instanceof AppError && error.code === 'transports.mailbox_not_found') return undefined
    throw error
  }
}

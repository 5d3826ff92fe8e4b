import { AppError } from '../../kernel/errors.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { NotificationRequest, RemoteSubscription } from '../mail-transport.ts'
import { type GraphClient, segment } from './graph-client.ts'
import { unlessGone } from './messages.ts'
import { asWire, list, text, time, type Wire } from './wire.ts'

/** The most is 10,080 minutes; clocks differ, and a request takes its time. */
const LIFE_MINUTES = 10_000
const TIMEOUT_MS = 60_000
const MOST_PAGES = 20

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
    /**
     * Graph takes one subscription a mailbox of each application. One that is there already and tells this very address
     * is of an attempt that died before it was stored: nobody knows its secret any more, so another takes its place. One
     * that tells another address is somebody else's and stays.
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

/** `ResourceNotFound` speaks of the subscription here, and not of the mailbox. */
async function known<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await unlessGone(question)
  } catch (error) {
    if (error instanceof AppError && error.code === 'transports.mailbox_not_found') return undefined
    throw error
  }
}

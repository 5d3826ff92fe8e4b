import { PassThrough } from 'node:stream'
import { z } from 'zod'
import type { ViewersChange } from '../../conversations/index.ts'
import type { StoredEvent, VisibleAccounts } from '../../events/index.ts'
import { callerByKey, personCaller, sees, type ProgramCaller, type PersonCaller } from '../caller.ts'
import { members, type KnownCaller } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { toWire } from '../wire.ts'
import { Event } from './list.ts'

const HEARTBEAT_MS = 15_000

/**
 * Server-sent events. A stream can outlive permissions: with each heartbeat the caller is checked again. The stream
 * ends when the caller's mailboxes differ from those at its start, or when access has ended; at once when the change
 * was made in this process. Clients that still have access reconnect with `Last-Event-ID`.
 *
 * A connection can break without an error at either end. Therefore the heartbeat is a named event, `ping`, with its
 * interval: a client that misses it for two intervals opens the stream again.
 *
 * Presence is a named event without an id, `presence`: it is not stored, and a client that missed one reads the viewers
 * again with its next report. Likewise `notifications`, which only the person receives whose notifications changed.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export const streamEvents = (rooms: Rooms) =>
  otherRoute({
    at: 'GET /v1/events',
    summary:
      "Streams events in the caller's mailboxes as they occur. Last-Event-ID resumes a stream. Presence is sent as events named `presence`, changes of the caller's notifications as `notifications`.",
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    validate: {
      query: z.strictObject({
        lastEventId: z.coerce
          .number()
          .int()
          .min(0)
          .optional()
          .describe('Id of the last known event, for the first connection of a browser. The header takes precedence.'),
      }),
      headers: z.object({ 'last-event-id': z.coerce.number().int().min(0).optional().catch(undefined) }),
    },
    act: async ({ headers, query, caller, request }) => {
      const stream = new PassThrough()
      // Registered before the first await, so that no change of permissions is missed.
      const end = () => void stream.end()
      const owners = caller.kind === 'person' ? [caller.id] : [caller.id, caller.createdBy]
      const forget = rooms.openStreams.add(owners, stream)
      const stop = await rooms.events
        .subscribe(
          { emailAccountIds: caller.visibleAccounts, after: headers['last-event-id'] ?? query.lastEventId },
          (event) => write(stream, event),
          end,
        )
        .catch((error: unknown) => {
          forget()
          throw error
        })
      const stopPresence = await rooms.conversations.team.viewers
        .onChange((change) => change && sees(caller, change.emailAccountId) && announce(stream, change))
        .catch(async (error: unknown) => {
          forget()
          await stop()
          throw error
        })
      const stopNotifications = await rooms.notifications.entries
        .onChange((personId) => {
          const isOwn = caller.kind === 'person' && (personId === undefined || personId === caller.id)
          if (isOwn && canWrite(stream)) stream.write('event: notifications\ndata: {}\n\n')
        })
        .catch(async (error: unknown) => {
          forget()
          await Promise.all([stop(), stopPresence()])
          throw error
        })
      const hide = caller.kind === 'person' ? rooms.shownAccounts.open(caller.id) : () => undefined
      const everyMs = rooms.heartbeatMs ?? HEARTBEAT_MS
      const ping = `event: ping\ndata: ${JSON.stringify({ everyMs })}\n\n`
      if (!stream.writableEnded) stream.write(`retry: 2000\n\n${ping}`)

      const heartbeat = setInterval(() => {
        if (stream.writableEnded) return
        stream.write(ping)
        stillTheSame(rooms, caller, request.headers).then((same) => same || end(), end)
      }, everyMs)
      const close = () => {
        clearInterval(heartbeat)
        hide()
        forget()
        stream.destroy()
        void stop()
        void stopPresence()
        void stopNotifications()
      }
      stream.once('close', close)
      request.raw.once('close', close)
      return stream
    },
    present: {
      status: 200,
      contentType: 'text/event-stream',
      send: (stream, reply) => reply.header('x-accel-buffering', 'no').send(stream),
    },
  })

/** Waits for a slow reader, so that its events stay in the table instead of in memory. */
async function write(stream: PassThrough, event: StoredEvent): Promise<void> {
  if (stream.destroyed || stream.writableEnded) return
  // Without an event name, because browsers deliver named events only to listeners for that name.
  const text = JSON.stringify(Event.parse(toWire(event)))
  if (stream.write(`id: ${event.id}\ndata: ${text}\n\n`)) return
  await new Promise<void>((resolve) => {
    stream.once('drain', resolve)
    stream.once('close', resolve)
  })
}

/** Presence is only a hint, so it is dropped for a slow reader. */
function announce(stream: PassThrough, { conversationId }: ViewersChange): void {
  if (canWrite(stream)) stream.write(`event: presence\ndata: ${JSON.stringify({ conversationId })}\n\n`)
}

function canWrite(stream: PassThrough): boolean {
  return !stream.destroyed && !stream.writableEnded && !stream.writableNeedDrain
}

async function stillTheSame(
  { people }: Rooms,
  caller: KnownCaller,
  headers: { authorization?: string | undefined; cookie?: string | undefined },
): Promise<boolean> {
  const now =
    caller.kind === 'api-key'
      ? await callerByKey(people, headers.authorization ?? '')
      : await again(people, headers.cookie)
  return now !== undefined && now.id === caller.id && sameAccounts(now.visibleAccounts, caller.visibleAccounts)
}

async function again(
  people: Rooms['people'],
  cookie: string | undefined,
): Promise<PersonCaller | ProgramCaller | undefined> {
  const signedIn = await people.sessions.find(cookie)
  return signedIn && personCaller(signedIn.person)
}

function sameAccounts(one: VisibleAccounts, other: VisibleAccounts): boolean {
  if (one === 'all' || other === 'all') return one === other
  return one.length === other.length && one.every((id) => other.includes(id))
}

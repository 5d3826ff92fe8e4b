import { PassThrough } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ANNOUNCED_EVERY_MS } from '../../conversations/index.ts'
import type { VisibleAccounts, WireEvent } from '../../events/index.ts'
import { callerByKey, personCaller, sees, type ProgramCaller, type PersonCaller } from '../caller.ts'
import { members, type KnownCaller } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { createEventPresenter } from './event.ts'
import { after, eventFilters, toEventFilter } from './filter.ts'

const HEARTBEAT_MS = 15_000

/**
 * Server-sent events. A stream can outlive permissions: with each heartbeat the caller is checked again. The stream
 * ends when the caller's mailboxes differ from those at its start, or when access has ended; at once when the session
 * was ended, or the change was made in this process. Clients that still have access reconnect with `Last-Event-ID`.
 *
 * A connection can break without an error at either end. Therefore the heartbeat is a named event, `ping`, with its
 * interval: a client that misses it for two intervals opens the stream again.
 *
 * Presence is a named event without an id, `presence`: it is not stored, and a client that missed one reads the viewers
 * again with its next report. Likewise `notifications`, which only the person receives whose notifications changed, and
 * `drafts`, which only the author receives whose draft was saved.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export const streamEvents = (rooms: Rooms) =>
  otherRoute({
    at: 'GET /v1/events/stream',
    summary:
      "Streams events in the caller's mailboxes as they occur. Last-Event-ID resumes a stream. Presence is sent as events named `presence`, changes of the caller's notifications as `notifications`, and saved drafts of the caller as `drafts`.",
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    isBackground: true,
    validate: {
      query: z.strictObject({
        after: after.describe(
          'Id of the last processed event. Without it, or with `now`, the stream starts at the end. The header takes precedence.',
        ),
        ...eventFilters,
      }),
      headers: z.object({ 'last-event-id': z.coerce.number().int().min(0).optional().catch(undefined) }),
    },
    act: async ({ headers, query, caller, request }) => {
      const filter = toEventFilter(query, caller)
      const isNow = query.after === undefined || query.after === 'now'
      const start = headers['last-event-id'] ?? (isNow ? undefined : Number(query.after))
      const show = createEventPresenter(rooms)
      const stream = new PassThrough()
      // Registered before the first await, so that no change of permissions is missed.
      const end = () => void stream.end()
      const checkAgain = () => stillTheSame(rooms, caller, request).then((same) => same || end(), end)
      const owners = caller.kind === 'person' ? [caller.id] : [caller.id, caller.createdBy]
      const forget = rooms.openStreams.add(owners, stream)
      const stop = await subscribeAll([
        () =>
          rooms.events.subscribe(
            { ...filter, after: start },
            async (event) => write(stream, event.id, await show([event], query.include, caller.visibleAccounts)),
            end,
          ),
        () =>
          rooms.conversations.team.viewers.onChange(
            (change) =>
              change &&
              sees(caller, change.emailAccountId) &&
              announce(stream, 'presence', { conversationId: change.conversationId }),
          ),
        () =>
          rooms.people.sessions.onEnded((sessionId) => {
            if (sessionId === undefined) void checkAgain()
            else if (caller.kind === 'person' && sessionId === caller.session.id) end()
          }),
        () =>
          rooms.notifications.entries.onChange((personId) => {
            if (isOwn(caller, personId)) announce(stream, 'notifications', {})
          }),
        () =>
          rooms.conversations.drafts.onChange((change) => {
            if (!isOwn(caller, change?.authorId)) return
            const { draftId, version } = change ?? {}
            announce(stream, 'drafts', { draftId, version, everyMs: ANNOUNCED_EVERY_MS })
          }),
      ]).catch((error: unknown) => {
        forget()
        throw error
      })
      const hide = caller.kind === 'person' ? rooms.shownAccounts.open(caller.id) : () => undefined
      const everyMs = rooms.heartbeatMs ?? HEARTBEAT_MS
      const ping = `event: ping\ndata: ${JSON.stringify({ everyMs })}\n\n`
      if (!stream.writableEnded) stream.write(`retry: 2000\n\n${ping}`)

      const heartbeat = setInterval(() => {
        if (stream.writableEnded) return
        stream.write(ping)
        void checkAgain()
      }, everyMs)
      const close = () => {
        clearInterval(heartbeat)
        hide()
        forget()
        stream.destroy()
        void stop()
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
async function write(stream: PassThrough, id: number, [event]: readonly WireEvent[]): Promise<void> {
  if (stream.destroyed || stream.writableEnded) return
  // Without an event name, because browsers deliver named events only to listeners for that name.
  if (stream.write(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`)) return
  await new Promise<void>((resolve) => {
    stream.once('drain', resolve)
    stream.once('close', resolve)
  })
}

/** Starts one after the other. The returned function stops them all; after a failure, they are stopped at once. */
async function subscribeAll(starts: readonly (() => Promise<() => Promise<void>>)[]): Promise<() => Promise<void>> {
  const stops: (() => Promise<void>)[] = []
  const stop = async () => {
    await Promise.all(stops.map((each) => each()))
  }
  try {
    for (const start of starts) stops.push(await start())
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

/** True for changes of the caller, and after a lost connection, when the changes are unknown. Keys have none. */
function isOwn(caller: KnownCaller, personId: string | undefined): boolean {
  return caller.kind === 'person' && (personId === undefined || personId === caller.id)
}

/** Sends a named event, which is only a hint and therefore dropped for a slow reader. */
function announce(stream: PassThrough, name: string, data: object): void {
  if (canWrite(stream)) stream.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
}

function canWrite(stream: PassThrough): boolean {
  return !stream.destroyed && !stream.writableEnded && !stream.writableNeedDrain
}

async function stillTheSame({ people }: Rooms, caller: KnownCaller, { headers, ip }: FastifyRequest): Promise<boolean> {
  const now =
    caller.kind === 'api-key'
      ? await callerByKey(people, headers.authorization ?? '', ip)
      : await again(people, headers.cookie)
  return now !== undefined && now.id === caller.id && sameAccounts(now.visibleAccounts, caller.visibleAccounts)
}

async function again(
  people: Rooms['people'],
  cookie: string | undefined,
): Promise<PersonCaller | ProgramCaller | undefined> {
  const signedIn = await people.sessions.find(cookie, { isUse: false })
  return signedIn && !signedIn.missingFactor?.isDue ? personCaller(signedIn) : undefined
}

function sameAccounts(one: VisibleAccounts, other: VisibleAccounts): boolean {
  if (one === 'all' || other === 'all') return one === other
  return one.length === other.length && one.every((id) => other.includes(id))
}

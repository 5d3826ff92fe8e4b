/**
 * One connection to an IMAP server, from the egress guard to the last byte.
 *
 * Four promises are kept here so that nobody above has to think of them:
 *
 * 1. The name is resolved once, by the guard, and the connection goes to the address that was looked at.
 * 2. Everything ends: connecting, each command by what it brings in, and each command as a whole. A server that drips a
 *    byte a minute is as good as one that is silent.
 * 3. A token that is refused is reported and replaced once; the connection says when it has to be given up because its
 *    token ends, before the server cuts it in the middle of something.
 * 4. Only `AppError` is thrown.
 *
 * @see docs/reference/microsoft-365.md §E.2 to §E.4
 */
import { isIP } from 'node:net'
import { rootCertificates } from 'node:tls'
import type { FetchMessageObject, FetchQueryObject, ImapFlow, ListResponse } from 'imapflow'
import type { Clock } from '../../kernel/clock.ts'
import type { DialGuard } from '../../kernel/dial-guard.ts'
import { AppError } from '../../kernel/errors.ts'
import { shownCertificate } from '../shown-certificate.ts'
import {
  breakIdle,
  command,
  createImapClient,
  enableExtensions,
  known,
  onVanished,
  unselect,
  type Untagged,
} from './imap-client.ts'
import { imapError, type Circumstances, type Overheard } from './imap-errors.ts'
import type { ImapLogin, ImapServer } from './login.ts'

/** How long things may take. For tests they may be shorter. */
export interface Deadlines {
  /** From the look-up of the name until the mailbox is open. */
  openMs: number
  /** Without a byte, while something is asked. */
  silenceMs: number
  /** In each such time a command must bring `progressBytes`; what is done before the first one is over needs none. */
  progressMs: number
  progressBytes: number
  /** However much comes. */
  commandMs: number
  /** Until the server takes up IDLE, for which it has nothing to look up. */
  idleBeginsMs: number
}

export const DEADLINES: Deadlines = {
  // What hangs is told within a minute.
  openMs: 50_000,
  silenceMs: 50_000,
  progressMs: 50_000,
  progressBytes: 16 * 1024,
  commandMs: 6 * 60_000,
  // And the turn that looks for the reason finds a server that does not let in, still within that minute.
  idleBeginsMs: 5000,
}
/** A connection is given up so long before its token ends. */
export const TOKEN_MARGIN_MS = 5 * 60_000

export interface ConnectionOptions {
  server: ImapServer
  login: ImapLogin
  dialGuard: Pick<DialGuard, 'addressOf'>
  clock: Clock
  compression?: boolean | undefined
  deadlines?: Partial<Deadlines> | undefined
}

/** By what one sees whether something happened in a folder. */
export type FolderState = Pick<OpenFolder, 'uidValidity' | 'uidNext' | 'exists' | 'highestModSeq'>

/** Without CONDSTORE the count of unseen messages shows some changes of flags. */
export type FolderStatus = FolderState & { unseen: number }

/** A folder that is open, as it was at that moment. */
export interface OpenFolder {
  path: string
  /** 0 when the server names none. */
  uidValidity: number
  /** Above every UID there is; a server need not name it, and then it is found out. */
  uidNext: number
  exists: number
  /** Of CONDSTORE (RFC 7162); undefined where the server or the folder knows none. */
  highestModSeq: bigint | undefined
  /** It tells which UIDs are gone. */
  tellsVanished: boolean
  /** Of OBJECTID (RFC 8474). */
  mailboxId: string | undefined
}

export interface ImapConnection {
  /** Cannot be used any more. */
  readonly isClosed: boolean
  /** When it has to be given up; undefined with a password. */
  readonly endsAt: Date | undefined
  /** What was open last, and where. */
  readonly openPath: string | undefined
  can(capability: string): boolean
  /** Opens a folder for reading: nothing in it is changed by that (EXAMINE). */
  open(path: string): Promise<OpenFolder>
  /** @param sentFolder  path of the folder that holds sent mail, whatever the server says of it */
  list(sentFolder?: string): Promise<ListResponse[]>
  /** `range` is of sequence numbers, or of UIDs with `byUid`. `each` hears rows as they come. */
  fetch(range: string, query: FetchQueryObject, options: { byUid: boolean }, each: Take): Promise<void>
  search(query: Parameters<ImapFlow['search']>[0]): Promise<number[]>
  status(path: string): Promise<{ messages: number; unseen: number }>
  /** State of a folder that is not open; undefined where the server refuses to tell it. */
  stateOf(path: string): Promise<FolderStatus | undefined>
  /** Calls `onNews` for what happens in the open folder during `work`, which is not IDLE. */
  hearing<T>(onNews: () => void, work: () => Promise<T>): Promise<T>
  command(
    name: string,
    attributes: readonly unknown[],
    untagged?: Record<string, (one: Untagged) => void>,
  ): Promise<void>
  /**
   * Stores a message, with no folder open: some servers refuse APPEND to a folder that the session has open for reading
   * only.
   *
   * @returns its UID, where the server tells it (UIDPLUS, RFC 4315)
   */
  append(path: string, source: Buffer, flags: string[], at: Date): Promise<number | undefined>
  /** This message and no other one (`UID EXPUNGE`): only where there is UIDPLUS. */
  remove(path: string, uid: number): Promise<void>
  /** Waits in IDLE until something happens in the open folder, `over`, or `ms`. @throws {AppError} when it is cut */
  idle(ms: number, over: AbortSignal): Promise<'told' | 'quiet'>
  /** With a farewell. */
  end(): Promise<void>
  close(): void
}

type Take = (row: FetchMessageObject) => void | Promise<void>

/** @throws {AppError} `transports.…`, `egress.…`, and whatever brings no token */
export async function openImapConnection(options: ConnectionOptions): Promise<ImapConnection> {
  const { server, login, dialGuard } = options
  const address = await dialGuard.addressOf(server.host, server.port)
  if (login.by === 'password') {
    const password = await login.password()
    return connected(options, address, { user: login.userName, pass: password.reveal() }, undefined)
  }
  for (let isReplaced = false; ; isReplaced = true) {
    const token = await login.accessToken()
    try {
      const auth = { user: login.userName, accessToken: token.value.reveal() }
      return await connected(options, address, auth, new Date(token.expiresAt.getTime() - TOKEN_MARGIN_MS))
    } catch (error) {
      const isRefused = AppError.from(error).code === 'transports.imap_token_refused'
      if (!isRefused || isReplaced) throw error
      await login.discard(token)
    }
  }
}

async function connected(
  { server, login, clock, compression = false, deadlines }: ConnectionOptions,
  address: string,
  auth: { user: string; pass?: string; accessToken?: string },
  endsAt: Date | undefined,
): Promise<ImapConnection> {
  const limits = { ...DEADLINES, ...deadlines }
  const overheard: { -readonly [K in keyof Overheard]: Overheard[K] } & { refusals: string[] } = {
    refusals: [],
    bye: undefined,
    throttledMs: undefined,
    timedOut: false,
  }
  let happened: () => void = nothing
  let during: Circumstances['during'] = 'opening'
  /** What ended the connection: whoever waits for an answer hears only that it is gone. */
  let broken: Error | undefined
  const client = createImapClient({
    address,
    serverName: isIP(server.host) === 0 ? server.host : undefined,
    port: server.port,
    tls: server.tls,
    ca: server.ca && server.ca.length > 0 ? [...rootCertificates, ...server.ca] : undefined,
    auth,
    compression,
    onError(error) {
      broken ??= error
      client.close()
    },
    onThrottled: (ms) => {
      overheard.throttledMs = ms
      // It would wait the silence out inside, in the middle of a turn; it has not begun to, and hears nothing before.
      setImmediate(() => {
        client.close()
      })
    },
    onRefusal: (text) => {
      overheard.refusals = [...overheard.refusals.slice(-4), text.slice(0, 500)]
    },
  })

  function failure(thrown: unknown): AppError {
    overheard.bye = client.byeReason
    return imapError(isGone(thrown) ? (broken ?? thrown) : thrown, {
      during,
      opener: login.by === 'password' ? 'password' : login.opener,
      now: clock.now(),
      overheard,
    })
  }

  async function withCertificate(error: AppError): Promise<AppError> {
    if (error.code !== 'transports.imap_tls_refused') return error
    const detail = await shownCertificate(server, address, 'imap')
    return new AppError('transports.imap_tls_refused', { cause: error.cause, upstream: error.upstream, detail })
  }

  function late(): void {
    overheard.timedOut = true
    client.close()
  }

  /** By the clock of this machine, which never leaps. */
  async function inTime<T>(work: () => Promise<T>): Promise<T> {
    const beganAt = performance.now()
    let soundAt = beganAt
    let markAt = beganAt
    let heard = client.stats().received
    let marked = heard
    const look = () => {
      const now = performance.now()
      const { received } = client.stats()
      if (received !== heard) soundAt = now
      heard = received
      if (now - soundAt > limits.silenceMs || now - beganAt > limits.commandMs) {
        late()
        return
      }
      if (now - markAt < limits.progressMs) return
      if (received - marked < limits.progressBytes) {
        late()
        return
      }
      markAt = now
      marked = received
    }
    const timer = setInterval(look, Math.min(2000, limits.silenceMs / 4, limits.progressMs / 4, limits.commandMs / 4))
    timer.unref()
    try {
      return await work()
    } catch (error) {
      throw failure(error)
    } finally {
      clearInterval(timer)
    }
  }

  const tooLong = setTimeout(late, limits.openMs)
  try {
    await client.connect()
    await enableExtensions(client)
  } catch (error) {
    client.close()
    throw await withCertificate(failure(error))
  } finally {
    clearTimeout(tooLong)
    // Not kept in memory for as long as the connection lives.
    auth.pass = auth.accessToken = ''
  }
  during = 'working'
  onVanished(client, () => {
    happened()
  })
  client.on('exists', () => happened())
  client.on('expunge', () => happened())
  client.on('flags', () => happened())

  async function open(path: string): Promise<OpenFolder> {
    return inTime(async () => {
      known(client, path)
      const folder = await client.mailboxOpen(path, { readOnly: true })
      const { exists, highestModseq, noModseq } = folder
      const highestModSeq = noModseq || !client.enabled.has('CONDSTORE') ? undefined : highestModseq
      return {
        path,
        uidValidity: Number((folder.uidValidity as bigint | undefined) ?? 0),
        uidNext: folder.uidNext || (await uidAfterLast(exists)),
        exists,
        highestModSeq,
        mailboxId: mailboxIdOf(folder),
        tellsVanished: highestModSeq !== undefined && client.enabled.has('QRESYNC'),
      }
    })
  }

  /** Servers should name UIDNEXT and some do not (RFC 9051 §6.3.2). */
  async function uidAfterLast(exists: number | undefined): Promise<number> {
    if (!exists) return 1
    const last = await client.fetchOne(String(exists), { uid: true })
    return last ? last.uid + 1 : 1
  }

  async function idle(ms: number, over: AbortSignal): Promise<'told' | 'quiet'> {
    if (over.aborted) return 'quiet'
    const heard = { told: false }
    let stop: () => void = nothing
    const stopped = new Promise<void>((resolve) => (stop = resolve))
    happened = () => {
      heard.told = true
      stop()
    }
    const timer = setTimeout(stop, ms)
    timer.unref()
    const { received } = client.stats()
    const begins = setTimeout(() => {
      if (client.stats().received === received) late()
    }, limits.idleBeginsMs)
    begins.unref()
    over.addEventListener('abort', stop, { once: true })
    const idling = client.idle().then(stop, stop)
    try {
      await stopped
      // What ends it is the proof that somebody is there; what does not end is cut.
      await inTime(async () => {
        await breakIdle(client)
        await idling
        refuseClosed(client)
      })
      return heard.told ? 'told' : 'quiet'
    } finally {
      happened = nothing
      clearTimeout(timer)
      clearTimeout(begins)
      over.removeEventListener('abort', stop)
    }
  }

  return {
    get isClosed() {
      return client.isClosed || !client.usable
    },
    endsAt,
    get openPath() {
      return client.mailbox ? client.mailbox.path : undefined
    },
    can: (capability) => client.capabilities.has(capability),
    open,
    list: (sentFolder) =>
      inTime(() => client.list(sentFolder === undefined ? {} : { specialUseHints: { sent: sentFolder } })),
    fetch: (range, query, { byUid }, each) =>
      inTime(async () => {
        for await (const row of client.fetch(range, query, { uid: byUid })) await each(row)
      }),
    search: (query) => inTime(async () => (await client.search(query, { uid: true })) || []),
    status: (path) =>
      inTime(async () => {
        known(client, path)
        const found = await client.status(path, { messages: true, unseen: true })
        return { messages: (found && found.messages) || 0, unseen: (found && found.unseen) || 0 }
      }),
    stateOf: (path) =>
      inTime(async () => {
        known(client, path)
        const asked = { messages: true, uidNext: true, uidValidity: true, unseen: true }
        const found = await client.status(path, { ...asked, highestModseq: client.enabled.has('CONDSTORE') })
        if (!found) return undefined
        const { messages = 0, uidNext = 0, uidValidity = 0n, unseen = 0, highestModseq } = found
        // 0: the folder keeps none (RFC 7162 §3.1.7).
        const highestModSeq = highestModseq === 0n ? undefined : highestModseq
        return { uidValidity: Number(uidValidity), uidNext, exists: messages, unseen, highestModSeq }
      }),
    async hearing(onNews, work) {
      happened = onNews
      try {
        return await work()
      } finally {
        happened = nothing
      }
    },
    command: (name, attributes, untagged) => inTime(() => command(client, name, attributes, untagged)),
    append: (path, source, flags, at) =>
      inTime(async () => {
        await unselect(client)
        const laid = await client.append(path, source, flags, at)
        return (laid && laid.uid) || undefined
      }),
    remove: (path, uid) =>
      inTime(async () => {
        if (!client.capabilities.has('UIDPLUS')) throw new TypeError('EXPUNGE would take others as well')
        known(client, path)
        await client.mailboxOpen(path)
        try {
          await client.messageDelete(String(uid), { uid: true })
        } finally {
          // Whoever uses the connection next reads, and changes nothing.
          await client.mailboxOpen(path, { readOnly: true })
        }
      }),
    idle,
    async end() {
      try {
        await inTime(() => client.logout())
      } catch {
        // Whoever leaves does not mind.
      }
      client.close()
    },
    close: () => client.close(),
  }
}

/** Longer ones are no valid object IDs (RFC 8474 §7). */
const LONGEST_MAILBOX_ID = 255

function mailboxIdOf({ mailboxId }: { mailboxId?: unknown }): string | undefined {
  return typeof mailboxId === 'string' && mailboxId.length <= LONGEST_MAILBOX_ID ? mailboxId : undefined
}

function isGone(thrown: unknown): boolean {
  const { code } = thrown as { code?: unknown }
  return code === 'NoConnection' || code === 'EConnectionClosed'
}

/** Closed by whichever side while we waited. */
function refuseClosed({ isClosed }: Pick<ImapFlow, 'isClosed'>): void {
  if (isClosed) throw new Error('the connection was cut in IDLE')
}

function nothing(): void {
  // Nobody wants to hear of it.
}

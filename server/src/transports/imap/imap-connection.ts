/**
 * One connection to an IMAP server, from the egress guard to the last byte. Guarantees to its callers:
 *
 * 1. The guard resolves the name once, and the connection uses the checked address.
 * 2. Everything has a time limit: connecting, the progress of each command, and each command as a whole. A server that
 *    sends one byte per minute counts as unresponsive.
 * 3. A refused token is reported and replaced once. The connection must be closed at `endsAt`, before its token
 *    expires; otherwise the server cuts it in the middle of a command.
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
  atom,
  breakIdle,
  command,
  createImapClient,
  enableExtensions,
  known,
  onVanished,
  sequence,
  unselect,
  type Untagged,
} from './imap-client.ts'
import { imapError, type Circumstances, type Overheard } from './imap-errors.ts'
import { DEADLINES, type Deadlines, watchProgress } from './deadlines.ts'
import type { ImapLogin, ImapServer } from './login.ts'
import { type FolderStatus, mailboxIdOf, type OpenFolder } from './open-folder.ts'
import { uidMove, type NewUids } from './uid-move.ts'

/** Time before the expiry of its token at which a connection is closed. */
export const TOKEN_MARGIN_MS = 5 * 60_000

export interface ConnectionOptions {
  server: ImapServer
  login: ImapLogin
  dialGuard: Pick<DialGuard, 'addressOf'>
  clock: Clock
  compression?: boolean | undefined
  deadlines?: Partial<Deadlines> | undefined
}

export interface ImapConnection {
  /** True if the connection is no longer usable. */
  readonly isClosed: boolean
  /** Time at which the connection must be closed; undefined with a password. */
  readonly endsAt: Date | undefined
  /** Path of the last opened folder. */
  readonly openPath: string | undefined
  can(capability: string): boolean
  /** Opens a folder as read-only (EXAMINE), which changes nothing in it. */
  open(path: string): Promise<OpenFolder>
  /** @param sentFolder  path of the Sent folder; overrides the server's special-use flag */
  list(sentFolder?: string): Promise<ListResponse[]>
  /** Fetches a range of sequence numbers, or of UIDs with `byUid`. Calls `each` for rows as they arrive. */
  fetch(range: string, query: FetchQueryObject, options: { byUid: boolean }, each: Take): Promise<void>
  /** UIDs of messages. @throws {AppError} if the server refuses the search */
  search(query: Parameters<ImapFlow['search']>[0]): Promise<number[]>
  status(path: string): Promise<{ messages: number; unseen: number }>
  /** State of a folder without opening it; undefined if the server refuses. */
  stateOf(path: string): Promise<FolderStatus | undefined>
  /** Calls `onNews` for changes in the open folder during `work`, which must not be IDLE. */
  hearing<T>(onNews: () => void, work: () => Promise<T>): Promise<T>
  command(
    name: string,
    attributes: readonly unknown[],
    untagged?: Record<string, (one: Untagged) => void>,
  ): Promise<void>
  /**
   * Stores a message while no folder is open, because some servers refuse APPEND to a folder opened as read-only.
   *
   * @returns its UID and the UIDVALIDITY of the folder, if the server reports them (UIDPLUS, RFC 4315)
   */
  append(
    path: string,
    source: Buffer,
    flags: string[],
    at: Date,
  ): Promise<{ uid: number; uidValidity: number } | undefined>
  /** Removes this message only (`UID EXPUNGE`). Requires UIDPLUS. */
  remove(folder: NumberedFolder, uid: number): Promise<void>
  /** Marks messages of a folder as read or unread. UIDs without a message are ignored. */
  storeSeen(folder: NumberedFolder, uids: string, isSeen: boolean): Promise<void>
  /**
   * Moves messages (RFC 6851).
   *
   * @returns their new UIDs by the old ones, if the server reports them (COPYUID, RFC 4315)
   */
  move(folder: NumberedFolder, uids: string, to: string): Promise<NewUids | undefined>
  /**
   * Waits in IDLE for a change in the open folder, at most `ms` or until `over`. @throws {AppError} if the connection
   * breaks
   */
  idle(ms: number, over: AbortSignal): Promise<'changed' | 'quiet'>
  /** Logs out and closes the connection. */
  end(): Promise<void>
  close(): void
}

/** A folder as it was read. Changes throw `transports.item_gone` if it was replaced since. */
export type NumberedFolder = Pick<OpenFolder, 'path' | 'uidValidity'>

type Take = (row: FetchMessageObject) => void | Promise<void>

/** @throws {AppError} `transports.…`, `egress.…`, or the error of getting a token */
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
  /** Last command that the server refused. */
  let refused: Error | undefined
  /** Original error that ended the connection. Pending requests only report that it is closed. */
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
      // The library would wait for the end of the pause within the request. It has not started to, so the connection is
      // closed in the next tick.
      setImmediate(() => {
        client.close()
      })
    },
    onRefusal: (refusal) => {
      refused = refusal
      overheard.refusals = [...overheard.refusals.slice(-4), refusal.responseText.slice(0, 500)]
    },
  })

  function failure(thrown: unknown): AppError {
    overheard.bye = client.byeReason
    return imapError(isGone(thrown) ? (broken ?? thrown) : thrown, {
      during,
      principalKind: login.by === 'password' ? 'password' : login.principalKind,
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

  /** Applies the time limits of a command. */
  async function inTime<T>(work: () => Promise<T>): Promise<T> {
    const endWatch = watchProgress(() => client.stats().received, limits, late)
    try {
      return await work()
    } catch (error) {
      throw failure(error)
    } finally {
      endWatch()
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
    // Clears the credentials, which would otherwise stay in memory for the life of the connection.
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
        uidValidity: uidValidityOf(folder),
        uidNext: folder.uidNext || (await uidAfterLast(exists)),
        exists,
        highestModSeq,
        mailboxId: mailboxIdOf(folder),
        tellsVanished: highestModSeq !== undefined && client.enabled.has('QRESYNC'),
      }
    })
  }

  /** Runs `work` while the folder is open for changes. */
  function writing<T>({ path, uidValidity }: NumberedFolder, work: () => Promise<T>): Promise<T> {
    return inTime(async () => {
      known(client, path)
      const opened = await client.mailboxOpen(path)
      try {
        // Replaced since the caller read it: its UIDs name other messages (RFC 9051 §2.3.1.1).
        if (uidValidityOf(opened) !== uidValidity) throw new AppError('transports.item_gone')
        return await work()
      } finally {
        // Read-only, so that the next user of the connection can't change anything. Where that fails, the connection is
        // closed; the outcome of the work stays.
        if (client.usable) {
          await client.mailboxOpen(path, { readOnly: true }).catch(() => {
            client.close()
          })
        }
      }
    })
  }

  /** Determines the next UID for servers that omit UIDNEXT (RFC 9051 §6.3.2). */
  async function uidAfterLast(exists: number | undefined): Promise<number> {
    if (!exists) return 1
    const last = await client.fetchOne(String(exists), { uid: true })
    return last ? last.uid + 1 : 1
  }

  async function idle(ms: number, over: AbortSignal): Promise<'changed' | 'quiet'> {
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
      // A response to DONE proves that the connection is alive; without one, it is closed.
      await inTime(async () => {
        await breakIdle(client)
        await idling
        refuseClosed(client)
      })
      return heard.told ? 'changed' : 'quiet'
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
    search: (query) =>
      inTime(async () => {
        const found = await client.search(query, { uid: true })
        // The library only logs a refusal, which would look like a search without results.
        if (!found) throw refused ?? new Error('no folder is open')
        return found
      }),
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
        // 0: the folder does not support it (RFC 7162 §3.1.7).
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
    command: (name, attributes, untagged) =>
      inTime(async () => {
        await command(client, name, attributes, untagged)
      }),
    append: (path, source, flags, at) =>
      inTime(async () => {
        await unselect(client)
        const laid = await client.append(path, source, flags, at)
        if (!laid || !laid.uid || !laid.uidValidity) return undefined
        return { uid: laid.uid, uidValidity: Number(laid.uidValidity) }
      }),
    remove: async (folder, uid) => {
      if (!client.capabilities.has('UIDPLUS')) throw new TypeError('EXPUNGE would take others as well')
      await writing(folder, async () => {
        await client.messageDelete(String(uid), { uid: true })
      })
    },
    storeSeen: (folder, uids, isSeen) =>
      writing(folder, async () => {
        const change = atom(isSeen ? '+FLAGS.SILENT' : '-FLAGS.SILENT')
        await command(client, 'UID STORE', [sequence(uids), change, [atom('\\Seen')]])
      }),
    move: (folder, uids, to) => writing(folder, () => uidMove(client, uids, to)),
    idle,
    async end() {
      try {
        await inTime(() => client.logout())
      } catch {
        // Errors during the logout are irrelevant.
      }
      client.close()
    },
    close: () => client.close(),
  }
}

/** 0 if the server does not report it. */
function uidValidityOf(folder: object): number {
  return Number((folder as { uidValidity?: bigint }).uidValidity ?? 0)
}

function isGone(thrown: unknown): boolean {
  const { code } = thrown as { code?: unknown }
  return code === 'NoConnection' || code === 'EConnectionClosed'
}

/** Throws if either side closed the connection during the wait. */
function refuseClosed({ isClosed }: Pick<ImapFlow, 'isClosed'>): void {
  if (isClosed) throw new Error('the connection was cut in IDLE')
}

function nothing(): void {
  // Intentionally empty.
}

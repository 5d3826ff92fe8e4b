/**
 * Reads the changes of a folder, page by page.
 *
 * The first reading returns all messages from `since` on, newest first, so that the newest fifty are available at once
 * in a folder of any size. Later ones return new messages and changes. The cursor contains the position after each
 * page, so a lost connection restarts nothing.
 *
 * The first reading uses windows of sequence numbers of limited size. A SEARCH or a range of UIDs has no limit: UIDs
 * may be four billion apart, and a folder may contain a million messages.
 *
 * @see RFC 9051 §2.3.1, RFC 7162
 */
import type { Clock } from '../../kernel/clock.ts'
import type { Flag, SparseMessage } from '../../mail/index.ts'
import type { ChangePage, ChangesOptions, Cursor, Lane } from '../mail-transport.ts'
import { fetchBodies, type BodiesOptions } from './bodies.ts'
import type { ImapConnection } from './imap-connection.ts'
import type { OpenFolder } from './open-folder.ts'
import { compareWindow, WINDOW } from './flag-window.ts'
import { listBySequence, type Listed } from './list-messages.ts'
import type { MailboxConnections } from './mailbox-connections.ts'
import { changedSince } from './mod-sequences.ts'
import { beginning, toCursor, parseCursor, withDescent, withNews, type Descent, type MessagePosition } from './place.ts'
import { imapRemoteId, readImapRemoteId } from './remote-ids.ts'
import { isInRanges, type UidRange } from './uid-ranges.ts'

/** Messages in the first page of a folder, which is small so that it arrives soon. Later pages have `PAGE` messages. */
const FIRST_PAGE = 50
const PAGE = 200
const PAGE_BYTES = 8 * 1024 * 1024
/** Maximum window. Windows grow while nothing matches, so that a folder of old mail takes few requests. */
const LARGEST_WINDOW = 4000
const MOST_WINDOWS = 25
/** Maximum changed flags per transaction. */
const FLAGS_PAGE = 250
/** Maximum number of removed messages listed by id. For more, a predicate is returned. */
const MOST_NAMED = 1000
/**
 * Minimum time between comparisons of flags unless a message was deleted, because each one lists up to two thousand
 * messages.
 */
const COMPARE_EVERY_MS = 30_000

export interface ChangesDeps {
  connections: MailboxConnections
  clock: Clock
  bodies: BodiesOptions
}

export async function* folderChanges(
  { connections, clock, bodies }: ChangesDeps,
  path: string,
  cursor: Cursor | undefined,
  { since, lane, again = false }: ChangesOptions,
): AsyncGenerator<ChangePage, undefined> {
  let place = cursor && parseCursor(cursor)
  // A cursor of the other protocol can't be used; messages that it covered are recognized.
  let isReset = again || cursor !== undefined
  let opened: { folder: OpenFolder; by: ImapConnection } | undefined
  let restarts = false
  let pageSize = cursor === undefined ? FIRST_PAGE : PAGE
  /** Flags of the messages that this reading returned whole, by remote id. */
  const brought = new Map<string, string>()

  /** Opens the folder once per reading, and again if another task used the connection meanwhile. */
  async function open(connection: ImapConnection): Promise<OpenFolder> {
    if (opened?.by === connection && connection.openPath === path) return opened.folder
    const folder = await connection.open(path)
    opened = { folder, by: connection }
    restarts = false
    if (place?.uidValidity !== folder.uidValidity || folder.uidNext < place.next) {
      restarts = isReset
      place = beginning(folder, isReset)
    } else place = withNews(place, folder)
    isReset = true
    return folder
  }

  const laneNow = (): Lane => lane ?? (place && !place.first ? 'sync' : 'import')

  for (;;) {
    const page = await connections.use(laneNow(), async (connection) => {
      const folder = await open(connection)
      const descent = place!.descents.at(-1)
      return descent ? goDown(connection, folder, descent) : undefined
    })
    if (!page) break
    const { messages, next } = page
    pageSize = PAGE
    const wasFirst = place!.first
    // The first reading ends without comparing flags.
    if (!wasFirst) for (const { remoteId, flags } of messages) brought.set(remoteId, keyOf(flags))
    const { reset } = place!
    place = withDescent(place!, next)
    const isThrough = place.descents.length === 0
    // The first reading ends here. The next one reports changes made meanwhile.
    const done = isThrough && wasFirst
    if (done) place = { ...place, first: false, reset: false }
    if (done && opened) connections.wasRead(opened.folder)
    yield { upserts: messages, removed: [], cursor: toCursor(place), reset, restarts, firstRound: wasFirst, done }
    restarts = false
    if (done) return undefined
  }

  yield* flagChanges()
  return undefined

  /** Reads one window that contains messages, or reaches the end. */
  async function goDown(connection: ImapConnection, folder: OpenFolder, from: Descent) {
    let descent = from
    let size = pageSize
    for (let windows = 0; windows < MOST_WINDOWS; windows++) {
      const last = Math.min(descent.seq - 1, folder.exists)
      if (last < 1) return { messages: [], next: undefined }
      const first = Math.max(1, last - size + 1)
      const listed = await listBySequence(connection, first, last)
      const fitting = listed.filter(({ uid }) => uid < descent.below && uid >= descent.floor)
      const wanted = fitting.filter(isWanted)
      const isAtEnd = first === 1 || listed.some(({ uid }) => uid < descent.floor)
      const taken = taking(wanted, pageSize)
      const messages = await fetchBodies(connection, whereOf(folder), taken, bodies)
      const lowest = taken.at(-1)
      if (lowest && taken.length < wanted.length) {
        return { messages, next: { ...descent, below: lowest.uid, seq: lowest.seq } }
      }
      const below = fitting.at(-1)?.uid ?? descent.below
      descent = { ...descent, below, seq: first }
      if (isAtEnd) return { messages, next: undefined }
      if (messages.length > 0) return { messages, next: descent }
      size = Math.min(size * 4, LARGEST_WINDOW)
    }
    return { messages: [], next: descent }
  }

  /**
   * Old mail is not imported. Later mail is returned whatever its date, because it may have been moved into the folder.
   */
  function isWanted({ isDeleted, flags, receivedAt }: Listed): boolean {
    if (isDeleted || flags.includes('draft')) return false
    return !place!.first || receivedAt === undefined || receivedAt >= since
  }

  async function* flagChanges(): AsyncGenerator<ChangePage, undefined> {
    const told = await connections.use('sync', async (connection) => compare(connection, await open(connection)))
    const after = { ...place!, ...told.place }
    // A new message also appears as changed; an earlier page contained it with its flags.
    const upserts = told.upserts.filter(({ remoteId, flags }) => brought.get(remoteId) !== keyOf(flags ?? []))
    const pages = Math.max(1, Math.ceil(upserts.length / FLAGS_PAGE))
    for (let page = 0; page < pages; page++) {
      const done = page === pages - 1
      if (done && opened) connections.wasRead(opened.folder)
      yield {
        upserts: upserts.slice(page * FLAGS_PAGE, (page + 1) * FLAGS_PAGE),
        removed: done ? told.removed : [],
        ...(done && told.left && { left: told.left }),
        ...(done && told.againAt && { againAt: told.againAt }),
        // The old cursor until the last page: reporting a change twice is harmless.
        cursor: toCursor(done ? after : place!),
        reset: false,
        restarts: false,
        firstRound: false,
        done,
      }
    }
    return undefined
  }

  interface Told {
    upserts: SparseMessage[]
    removed: string[]
    left?: ((remoteId: string) => boolean) | undefined
    place: Partial<MessagePosition>
    /** Time of the next comparison of flags, if it was postponed. */
    againAt?: Date | undefined
  }

  async function compare(connection: ImapConnection, folder: OpenFolder): Promise<Told> {
    const { modSeq, next, exists } = place!
    const { highestModSeq, tellsVanished } = folder
    const isSteady = folder.exists === exists && modSeq !== undefined && modSeq === highestModSeq?.toString()
    if (isSteady) return { upserts: [], removed: [], place: {} }
    if (modSeq !== undefined && highestModSeq !== undefined) {
      const found = await changedSince(connection, folder, modSeq, next)
      const place = { modSeq: highestModSeq.toString(), exists: folder.exists }
      if (found && tellsVanished) return { ...bySequence(folder, found), place }
      const { place: compared, ...told } = await compareNewest(connection, folder)
      if (!found) return { ...told, place: { ...compared, ...place } }
      return {
        ...told,
        upserts: [...bySequence(folder, found).upserts, ...told.upserts],
        place: { ...compared, ...place },
      }
    }
    const told = await compareNewest(connection, folder)
    return { ...told, place: { ...told.place, modSeq: highestModSeq?.toString() } }
  }

  function bySequence(
    folder: OpenFolder,
    { changed, vanished }: NonNullable<Awaited<ReturnType<typeof changedSince>>>,
  ) {
    const isVanished = (uid: number) => isInRanges(uid, vanished)
    const deleted = changed.filter(({ isDeleted }) => isDeleted).map(({ uid }): UidRange => [uid, uid])
    const gone = [...vanished, ...deleted]
    const count = gone.reduce((sum, [first, last]) => sum + last - first + 1, 0)
    const named = count <= MOST_NAMED ? gone.flatMap(([first, last]) => numbers(first, last)) : []
    const upserts = changed.filter(({ uid, isDeleted }) => !isDeleted && !isVanished(uid))
    return {
      upserts: upserts.map((each) => sparse(folder, each)),
      removed: named.map((uid) => imapRemoteId({ ...whereOf(folder), uid })),
      ...(count > MOST_NAMED && { left: inFolder(folder, (uid) => isInRanges(uid, gone)) }),
    }
  }

  async function compareNewest(connection: ImapConnection, folder: OpenFolder): Promise<Told> {
    const now = clock.now().getTime()
    const { comparedAt, exists, window } = place!
    const isDue = now - comparedAt >= COMPARE_EVERY_MS || folder.exists < exists
    if (!isDue) {
      const againAt = new Date(comparedAt + COMPARE_EVERY_MS)
      return { upserts: [], removed: [], place: { exists: Math.max(exists, folder.exists) }, againAt }
    }
    const last = folder.exists
    const first = Math.max(1, last - WINDOW + 1)
    const listed = last < 1 ? [] : await listBySequence(connection, first, last)
    // Messages that arrived after the folder was opened belong to the next reading.
    const below = place!.next
    const settled = listed.filter(({ uid }) => uid < below)
    const from = first === 1 ? 1 : (settled.at(-1)?.uid ?? below)
    const { digest, changed, left } = compareWindow(settled, window, { from, below })
    const isOld = ({ receivedAt }: Listed) => receivedAt !== undefined && receivedAt < since
    return {
      upserts: changed
        .filter((each) => !isOld(each) && !each.flags.includes('draft'))
        .map((each) => sparse(folder, each)),
      removed: [],
      left: left && inFolder(folder, left),
      place: { window: digest, comparedAt: now, exists: folder.exists },
    }
  }
}

/** As many messages as fit into a page by their claimed size, but at least one. */
function taking(wanted: readonly Listed[], most: number): Listed[] {
  const taken: Listed[] = []
  let bytes = 0
  for (const each of wanted) {
    bytes += each.claimedBytes
    if (taken.length > 0 && (bytes > PAGE_BYTES || taken.length >= most)) break
    taken.push(each)
  }
  return taken
}

function keyOf(flags: readonly Flag[]): string {
  return flags.toSorted().join('\n')
}

function sparse(folder: OpenFolder, { uid, flags }: Pick<Listed, 'uid' | 'flags'>): SparseMessage {
  return {
    partial: true,
    remoteId: imapRemoteId({ ...whereOf(folder), uid }),
    folderRemoteId: folder.path,
    flags,
    flagsAdded: [],
    flagsRemoved: [],
  }
}

function inFolder({ path, uidValidity }: OpenFolder, has: (uid: number) => boolean): (remoteId: string) => boolean {
  return (remoteId) => {
    const read = readImapRemoteId(remoteId)
    return read !== undefined && read.path === path && read.uidValidity === uidValidity && has(read.uid)
  }
}

function whereOf({ path, uidValidity }: OpenFolder) {
  return { path, uidValidity }
}

function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_none, at) => first + at)
}

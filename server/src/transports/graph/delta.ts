import { AppError } from '../../kernel/errors.ts'
import { mapInTurns } from '../../kernel/turns.ts'
import type { RemoteMessage, SparseMessage } from '../../mail/index.ts'
import type { ChangePage, ChangesOptions, Cursor, Lane } from '../mail-transport.ts'
import { type GraphCall, type GraphClient, MEGABYTE, segment } from './graph-client.ts'
import { MESSAGE_QUERY, toChangedMessage, toMessage } from './message-json.ts'
import { asWire, list, text, time, type Wire } from './wire.ts'

/**
 * Reading position. `link` comes from Graph: opaque, and its origin is checked before the token is sent there.
 *
 * - `first`: within the first round, or the first one after a reset; `told` messages were reported, the oldest at
 *   `oldest`.
 * - `older`: the first round ended at Graph's limit of 5,000. `link` is the start of later changes, and messages
 *   received up to `before` still have to be listed.
 * - `changes`: later rounds.
 */
interface Place {
  at: 'first' | 'older' | 'changes'
  link: string
  reset: boolean
  told: number
  /** Time in milliseconds. */
  oldest: number | null
  before: number | null
  /** In `older`: number of messages at exactly `before` that were already listed. */
  skip: number
}

interface Step {
  page: Omit<ChangePage, 'restarts'>
  next: Place
}

/**
 * Graph silently ends a round filtered by time after 5,000 messages. From somewhat fewer on, the reader checks for
 * more, because an unnecessary request costs less than missed mail.
 */
const MAY_BE_CUT_OFF = 4000
/** Page sizes, in the order tried. Bodies are included; 1,000 messages take six requests including empty pages. */
const PAGE_SIZES = [250, 50, 10, 5, 1]
/** Index of the page size for the first page of a mailbox, which is smaller so that the newest mail appears sooner. */
const OPENING_SIZE = 1
const PAGE_BYTES = 64 * MEGABYTE
/** A message may have 150 MB, but most of it is attachments, which are not included. */
const LONE_MESSAGE_BYTES = 160 * MEGABYTE
const PAGE_TIMEOUT_MS = 100_000
/** Timeout for recent changes, so that a hanging request is detected within a minute. */
const CHANGES_TIMEOUT_MS = 45_000
/**
 * Maximum number of resets in one call. With more, Graph invalidates cursors faster than they can be read; the next try
 * is later.
 */
const MOST_RESETS = 3

/**
 * Returns the changes of a folder since its cursor, page by page.
 *
 * Graph filters a first round by time, but then reports at most 5,000 messages, newest first. Older messages are listed
 * afterwards, also newest first, and by time instead of page number, so that removed mail shifts nothing. The link for
 * later rounds comes from before that list, so changes in the meantime are reported too.
 *
 * If Graph invalidates the cursor (410, or a rejected sync state), the folder is read again from the start, and every
 * page has `reset` set. The `Location` of a 410 equals our URL and is not needed.
 *
 * @see https://learn.microsoft.com/graph/delta-query-messages
 */
export async function* folderChanges(
  client: GraphClient,
  folderRemoteId: string,
  cursor: Cursor | undefined,
  { since, lane, again = false }: ChangesOptions,
): AsyncGenerator<ChangePage> {
  const folder = client.mailbox(`/mailFolders/${segment(folderRemoteId)}/messages`)
  const pages = createPages(client)
  let place = cursor === undefined ? beginning(again) : readPlace(cursor)
  let resets = 0
  let restarts = cursor === undefined && again

  for (;;) {
    let step: Step
    try {
      step = await (place.at === 'older' ? olderPage(place) : deltaPage(place))
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'transports.cursor_forgotten') throw error
      if (++resets > MOST_RESETS) throw error
      place = beginning(true)
      restarts = true
      continue
    }
    yield { ...step.page, restarts }
    restarts = false
    if (step.page.done) return
    place = step.next
  }

  function beginning(reset: boolean): Place {
    const filter = encodeURIComponent(`receivedDateTime ge ${graphTime(since.getTime())}`)
    const order = encodeURIComponent('receivedDateTime desc')
    const link = `${folder}/delta?$filter=${filter}&$orderby=${order}&${MESSAGE_QUERY}`
    return { at: 'first', link, reset, told: 0, oldest: null, before: null, skip: 0 }
  }

  async function deltaPage(place: Place): Promise<Step> {
    const answer = await pages.get(place.link, laneOf(place), place.at === 'first' && place.told === 0)
    const items = list(answer, 'value')
    const isRemoved = (item: Wire) => item['@removed'] !== undefined
    const removed = items
      .filter(isRemoved)
      .map((item) => text(item, 'id'))
      .filter((id) => id !== undefined)
    const present = items.filter((item) => !isRemoved(item))
    const upserts = (await mapInTurns(present, (item) => toChangedMessage(item, folderRemoteId))).filter(
      (message) => message !== undefined,
    )
    const nextLink = text(answer, '@odata.nextLink')
    const deltaLink = text(answer, '@odata.deltaLink')
    const link = nextLink ?? deltaLink
    if (link === undefined) throw new AppError('transports.unavailable', { upstream: { status: 200 } })
    client.refuseForeign(link)

    const next = follow(place, link, nextLink === undefined, upserts)
    return {
      page: pageOf(place, next, {
        upserts,
        removed,
        done: nextLink === undefined && next.at === 'changes',
      }),
      next,
    }
  }

  function follow(
    place: Place,
    link: string,
    isLast: boolean,
    messages: readonly (RemoteMessage | SparseMessage)[],
  ): Place {
    if (place.at === 'changes') return { ...place, link }
    const times = messages.flatMap(({ receivedAt }) => (receivedAt ? [receivedAt.getTime()] : []))
    const oldest = Math.min(place.oldest ?? Infinity, ...times)
    const first = {
      ...place,
      link,
      told: place.told + messages.length,
      oldest: Number.isFinite(oldest) ? oldest : null,
    }
    if (!isLast) return first
    const isCutOff = first.told >= MAY_BE_CUT_OFF && first.oldest !== null && first.oldest > since.getTime()
    return isCutOff ? { ...first, at: 'older', before: first.oldest } : { ...first, at: 'changes' }
  }

  /** Lists the next page of messages received up to `before`, skipping those of that second already listed. */
  async function olderPage(place: Place): Promise<Step> {
    const before = place.before ?? since.getTime()
    const filter = `receivedDateTime ge ${graphTime(since.getTime())} and receivedDateTime le ${graphTime(before)}`
    const order = encodeURIComponent('receivedDateTime desc')
    const link = `${folder}?$filter=${encodeURIComponent(filter)}&$orderby=${order}&$skip=${place.skip}&${MESSAGE_QUERY}`
    const answer = await pages.get(link, laneOf(place))
    const items = list(answer, 'value')
    const upserts = (await mapInTurns(items, toMessage)).filter((each) => each !== undefined)
    const last = items.at(-1)
    const isLast = text(answer, '@odata.nextLink') === undefined || last === undefined

    const reached = (last && time(last, 'receivedDateTime')?.getTime()) ?? before
    const next: Place = isLast
      ? { ...place, at: 'changes', before: null, skip: 0 }
      : reached < before
        ? { ...place, before: reached, skip: 0 }
        : { ...place, skip: place.skip + items.length }
    return { page: pageOf(place, next, { upserts, removed: [], done: isLast }), next }
  }

  function laneOf({ at }: Place): Lane {
    return lane ?? (at === 'changes' ? 'sync' : 'import')
  }
}

function pageOf(place: Place, next: Place, page: Pick<ChangePage, 'upserts' | 'removed' | 'done'>): Step['page'] {
  // After the round, only the link is needed.
  const kept = next.at === 'changes' && page.done ? { ...next, reset: false, told: 0, oldest: null } : next
  return { ...page, cursor: { ...kept }, reset: place.reset, firstRound: place.at !== 'changes' }
}

/** Requests pages as large as Graph and memory allow; a page that is too large is requested again in smaller ones. */
function createPages(client: GraphClient) {
  let largest = 0

  async function get(url: string, lane: Lane, isOpening = false): Promise<Wire> {
    for (;;) {
      const size = Math.max(largest, isOpening ? OPENING_SIZE : 0)
      const call: GraphCall = {
        url,
        lane,
        prefer: [`odata.maxpagesize=${PAGE_SIZES[size] ?? 1}`],
        timeoutMs: lane === 'sync' ? CHANGES_TIMEOUT_MS : PAGE_TIMEOUT_MS,
        maxBytes: size === PAGE_SIZES.length - 1 ? LONE_MESSAGE_BYTES : PAGE_BYTES,
      }
      try {
        return asWire(await client.json(call))
      } catch (error) {
        const isTooHeavy =
          error instanceof AppError && (error.code === 'transports.answer_too_large' || error.upstream?.status === 504)
        if (!isTooHeavy || size >= PAGE_SIZES.length - 1) throw error
        largest = size + 1
      }
    }
  }
  return { get }
}

/** Formats a time to the second, as Graph compares times. */
function graphTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

function readPlace(cursor: Cursor): Place {
  const { at, link, reset, told, oldest, before, skip } = cursor
  if ((at !== 'first' && at !== 'older' && at !== 'changes') || typeof link !== 'string') {
    throw new TypeError('not a cursor of this transport')
  }
  const number = (value: unknown) => (typeof value === 'number' ? value : null)
  return {
    at,
    link,
    reset: reset === true,
    told: number(told) ?? 0,
    oldest: number(oldest),
    before: number(before),
    skip: number(skip) ?? 0,
  }
}

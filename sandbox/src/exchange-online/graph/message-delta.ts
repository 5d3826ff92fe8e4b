import {
  type Change,
  type Condition,
  type Folder,
  type Message,
  type MessageOrder,
  toPosition,
} from '../mail-store/index.ts'
import { findDeltaSilence, type DeltaSilence } from './delta-silence.ts'
import { checkDeltaLink, openDeltaToken, resyncRequired, syncStateNotFound } from './delta-token.ts'
import { GraphError } from './graph-error.ts'
import { folderOfPath, type MailCall, type MailDeps, type MailRoute } from './mail-call.ts'
import { chooseId } from './message-json.ts'
import { type MessageView, messageView } from './message-view.ts'
import { parseFilter } from './odata-filter.ts'
import { badQuery, DEFAULT_PAGE, type Expansion, LARGEST_PAGE, type ODataQuery } from './odata-query.ts'

/** Options of the first call, which the links contain. */
interface DeltaOptions {
  select: readonly string[] | undefined
  expand: readonly Expansion[]
  top: number | undefined
  /** Includes only messages received at this time or later. */
  receivedFrom: number | undefined
  changeType: 'created' | 'updated' | 'deleted' | undefined
}

interface DeltaState {
  mailboxId: string
  folderId: string
  options: DeltaOptions
  /** Position in the change log up to which the client has all changes; in a first round, its position at the start. */
  sequence: number
  /** Progress of the first round; `undefined` in later rounds. */
  first?: { after: (string | number)[] | undefined; listed: number }
  /** Number of pages already returned in this round. */
  page: number
  /** Time at which the link was created; `undefined` in links of older sandbox versions. */
  madeAt?: number
}

const NEWEST_FIRST: MessageOrder[] = [
  { column: 'received_at', descending: true },
  { column: 'key', descending: true },
]

/** Maximum number of listed messages with a filter on `receivedDateTime`. */
const MOST_FILTERED = 5000
/** Interval of empty pages, which contain only the next link. */
const EMPTY_PAGE_EVERY = 3

/**
 * Delta of the messages of one folder.
 *
 * The first round lists the folder, newest first. Its position in the change log is taken before, so a change during
 * the round appears in the next round, possibly a second time. Later rounds follow the log and show the current state
 * of messages. An update returns only the changed properties when {@link MailHabits.sparseDelta} is on.
 *
 * @see https://learn.microsoft.com/graph/delta-query-messages
 */
export function messageDeltaRoutes(deps: MailDeps): MailRoute[] {
  const { mailStore, tokenSeal, graph, habits, clock, faults } = deps
  return [
    { method: 'GET', path: '/messages/delta', need: 'read-basic', handle: refuseMailbox },
    ...['/mailFolders/:folder', '/mailFolders/:parent/childFolders/:folder'].map((below): MailRoute => ({
      method: 'GET',
      path: `${below}/messages/delta`,
      need: 'read-basic',
      handle: delta,
    })),
  ]

  function delta(call: MailCall): unknown {
    const folder = folderOfPath(call, mailStore)!
    const url = `${graph}/v1.0/${call.mailbox.path}/mailFolders('${encodeURIComponent(folder.id)}')/messages/delta`
    const state = stateOf(call, folder, url)
    const view = messageView(call, deps, state.options)

    const subject = { ...call.request.subject, bornAt: state.madeAt ?? clock.now().getTime() }
    const silence = findDeltaSilence(deps, subject, folder)
    const { value, next, last } = pageOf(call, folder, state, view, url, silence)
    const token = encodeURIComponent(tokenSeal.seal('message-delta', { ...next, madeAt: clock.now().getTime() }))
    return {
      '@odata.context': `${graph}/v1.0/$metadata#Collection(message)`,
      ...(last
        ? { '@odata.deltaLink': `${url}?$deltatoken=${token}` }
        : { '@odata.nextLink': `${url}?$skiptoken=${token}` }),
      value,
    }
  }

  function stateOf({ mailboxId, query, request }: MailCall, folder: Folder, url: string): DeltaState {
    const state = openDeltaToken(query, tokenSeal, 'message-delta', url) as DeltaState | undefined
    if (!state) {
      const options = readOptions(query)
      const first = { after: undefined, listed: 0 }
      return { mailboxId, folderId: folder.id, options, sequence: mailStore.lastSequence(), first, page: 0 }
    }
    checkDeltaLink(faults, { ...request.subject, bornAt: state.madeAt ?? 0 }, url)
    // The link is valid, but belongs to another folder.
    if (state.mailboxId !== mailboxId || state.folderId !== folder.id) throw syncStateNotFound(url)
    return query.deltaToken === undefined ? state : { ...state, page: 0 }
  }

  function pageOf(
    call: MailCall,
    folder: Folder,
    state: DeltaState,
    view: MessageView,
    url: string,
    silence: DeltaSilence,
  ): Page {
    if (state.page % EMPTY_PAGE_EVERY === EMPTY_PAGE_EVERY - 1) {
      return { value: [], next: { ...state, page: state.page + 1 }, last: false }
    }
    const size = Math.min(state.options.top ?? call.preferences.maxPageSize ?? DEFAULT_PAGE, LARGEST_PAGE)
    return state.first
      ? firstRound(folder, state, state.first, size, view, silence)
      : laterRound(call, folder, state, size, view, url, silence)
  }

  function firstRound(
    folder: Folder,
    state: DeltaState,
    { after, listed }: NonNullable<DeltaState['first']>,
    size: number,
    view: MessageView,
    { listed: heard }: DeltaSilence,
  ): Page {
    const { receivedFrom } = state.options
    const room = receivedFrom === undefined ? size : Math.min(size, MOST_FILTERED - listed)
    const conditions: Condition[] = [
      ...(receivedFrom === undefined ? [] : [{ op: 'ge', column: 'received_at', value: receivedFrom } as const]),
      ...(heard ? [heard] : []),
    ]
    const found = mailStore.listMessages({
      mailboxId: folder.mailboxId,
      folderId: folder.id,
      ...(conditions.length > 0 && { where: { op: 'and', conditions } as const }),
      orderBy: NEWEST_FIRST,
      ...(after && { after }),
      limit: room + 1,
      withContent: view.needsContent,
    })
    const page = found.slice(0, room)
    const total = listed + page.length
    const last = found.length <= room || (receivedFrom !== undefined && total >= MOST_FILTERED)
    // After the fault is off, withheld changes are returned together with those already returned.
    const { first: _, ...rest } = heard ? { ...state, sequence: 0 } : state
    const next: DeltaState = last
      ? { ...rest, page: 0 }
      : { ...rest, first: { after: toPosition(page.at(-1)!, NEWEST_FIRST), listed: total }, page: state.page + 1 }
    return { value: page.map((message) => item(message, view)), next, last }
  }

  function laterRound(
    { preferences }: MailCall,
    folder: Folder,
    state: DeltaState,
    size: number,
    view: MessageView,
    url: string,
    silence: DeltaSilence,
  ): Page {
    const end = mailStore.lastSequence()
    const changes = mailStore.changesSince(folder.id, state.sequence)
    if (!changes) throw resyncRequired(url)
    if (silence.holdsBack(changes.length > 0)) return { value: [], next: { ...state, page: 0 }, last: true }

    const groups = new Map<string, Change[]>()
    let sequence = state.sequence
    for (const change of changes) {
      const id = chooseId(change, preferences)
      const group = groups.get(id)
      if (!group && groups.size === size) break
      if (group) group.push(change)
      else groups.set(id, [change])
      sequence = change.sequence
    }
    const last = sequence === (changes.at(-1)?.sequence ?? state.sequence)
    const value = [...groups].map(([id, group]) => changed(id, group)).filter((each) => each !== undefined)
    return { value, next: { ...state, sequence: last ? end : sequence, page: last ? 0 : state.page + 1 }, last }

    function changed(id: string, group: Change[]): Record<string, unknown> | undefined {
      const { changeType, receivedFrom, select } = state.options
      const message = mailStore.messageByKey(group[0]!.messageKey)
      if (!message || message.folderId !== folder.id || chooseId(message, preferences) !== id) {
        if (changeType !== undefined && changeType !== 'deleted') return undefined
        return { '@odata.type': '#microsoft.graph.message', id, '@removed': { reason: 'deleted' } }
      }
      const isUpdate = group.every(({ kind }) => kind === 'updated')
      if (changeType !== undefined && changeType !== (isUpdate ? 'updated' : 'created')) return undefined
      if (receivedFrom !== undefined && message.receivedAt < receivedFrom) return undefined
      const touched = new Set(isUpdate ? group.flatMap(({ properties }) => properties) : [])
      if (touched.size === 0) return item(message, view)
      // The client gets no change of properties that it did not select.
      if (select && ![...touched].some((name) => view.shape.properties.has(name as never))) return undefined
      return habits.sparseDelta ? sparse(message, view, touched) : item(message, view)
    }
  }
}

interface Page {
  value: Record<string, unknown>[]
  next: DeltaState
  /** True at the end of the round. */
  last: boolean
}

function item(message: Message, view: MessageView): Record<string, unknown> {
  return { '@odata.type': '#microsoft.graph.message', ...view.show(message) }
}

/** @see https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/5544 */
function sparse(message: Message, view: MessageView, touched: ReadonlySet<string>): Record<string, unknown> {
  const always = new Set(['@odata.etag', 'id', ...(touched.has('hasAttachments') ? ['attachments'] : [])])
  const shown = Object.entries(view.show(message)).filter(([name]) => always.has(name) || touched.has(name))
  return {
    '@odata.type': '#microsoft.graph.message',
    ...Object.fromEntries(shown),
    parentFolderId: message.folderId,
  }
}

function readOptions(query: ODataQuery): DeltaOptions {
  if (query.skip !== undefined || query.count) {
    const name = query.count ? '$count' : '$skip'
    throw new GraphError(
      400,
      'ErrorInvalidUrlQuery',
      `The following parameters are not supported with change tracking over the 'Messages' resource: '${name}'.`,
    )
  }
  const [order, ...more] = query.orderBy
  if (more.length > 0 || (order && !(order.property.toLowerCase() === 'receiveddatetime' && order.descending))) {
    throw badQuery("The only supported $orderby with change tracking is 'receivedDateTime desc'.")
  }
  const changeType = query.custom.get('changetype')?.toLowerCase()
  if (changeType !== undefined && !/^(created|updated|deleted)$/.test(changeType)) {
    throw badQuery("The changeType must be one of 'created', 'updated' and 'deleted'.")
  }
  return {
    select: query.select,
    expand: query.expand,
    top: query.top,
    receivedFrom: query.filter === undefined ? undefined : readReceivedFrom(query.filter),
    changeType: changeType as DeltaOptions['changeType'],
  }
}

/** `receivedDateTime ge|gt {time}`, the only filter that change tracking supports. */
function readReceivedFrom(text: string): number {
  const filter = parseFilter(text)
  if (filter.kind === 'compare' && 'path' in filter.left && filter.left.path.toLowerCase() === 'receiveddatetime') {
    const { operator, right } = filter
    if ('literal' in right && right.literal instanceof Date && (operator === 'ge' || operator === 'gt')) {
      const second = Math.floor(right.literal.getTime() / 1000) * 1000
      return operator === 'ge' ? second : second + 1000
    }
  }
  throw badQuery("The only supported $filter with change tracking is 'receivedDateTime ge|gt {value}'.")
}

/** Delta is available for one folder only. */
function refuseMailbox(): never {
  throw new GraphError(
    400,
    'ErrorInvalidUrlQuery',
    "Change tracking is not supported against 'microsoft.graph.message' of the whole mailbox.",
  )
}

import { sql } from 'kysely'
import { advisoryLock, type Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { FolderId } from '../../kernel/ids.ts'
import type { FolderRole, RemoteMessage } from '../../mail/index.ts'
import { keyedOf, type Keyed } from './candidates.ts'
import type { ConversationTokens } from '../threading/conversation-tokens.ts'
import type { FiledMessage, FilingAccount, ReceivedMailHook, SentCopy, SentMailHook } from '../conversations.ts'
import { createCreating, directionOf } from './message-inserts.ts'
import { createMerging, isUnchanged, type Match } from './message-merge.ts'

export interface FilingDeps {
  clock: Clock
  events: Events
  hooks: readonly SentMailHook[]
  receivedHooks: readonly ReceivedMailHook[]
  tokens: ConversationTokens
}

/** A folder that we read or look at. */
export interface Place {
  id: FolderId
  role: FolderRole | undefined
  round: number
}

/** A message as it was met on the server, with what it is recognized by and where it lies. */
export interface Met extends Keyed {
  /** It has the key of a stored message and is another one: it is stored by its content key. */
  isSecond: boolean
  place: Place | undefined
}

/** What became of it. */
export type Outcome = FiledMessage & { direction: 'in' | 'out' }

export type Filing = ReturnType<typeof createFiling>

/** How messages of the server become rows of ours, once. */
export function createFiling({ clock, events, hooks, receivedHooks, tokens }: FilingDeps) {
  const merging = createMerging({ clock, events })
  const creating = createCreating({ clock, events, hooks, receivedHooks, merging, tokens })

  /**
   * One at a time per account: two transactions that file the same message, or two answers to the same unknown one,
   * would each begin a conversation. Taken again by the same transaction it costs nothing.
   */
  async function holdAccount(tx: Tx, account: FilingAccount): Promise<void> {
    await advisoryLock('conversations.file', account.id).execute(tx)
  }

  async function file(tx: Tx, account: FilingAccount, message: RemoteMessage): Promise<FiledMessage | undefined> {
    return (await fileMany(tx, account, [message]))[0]
  }

  /**
   * A page in as many statements as one message: what is new is created together, what changed is merged by itself, and
   * what did not change costs nothing. About fourteen statements for a page of new messages, five for one that is known;
   * besides five for each message that changed.
   */
  async function fileMany(
    tx: Tx,
    account: FilingAccount,
    messages: readonly RemoteMessage[],
  ): Promise<(FiledMessage | undefined)[]> {
    await holdAccount(tx, account)
    const places = await placesOf(tx, account, messages)
    const met = messages.map((message): Met | undefined => {
      const place = places.get(message.folderRemoteId)
      if (message.flags.includes('draft') || place?.role === 'drafts') return undefined
      return { ...keyedOf(message), place, isSecond: false }
    })
    const page = met.filter((one) => one !== undefined)
    if (page.length === 0) return messages.map(() => undefined)

    const matches = await merging.findMatches(tx, account, page)
    const ours = await oursAmong(tx, account, page, matches)
    const outcomes = await settle(tx, account, page, matches, ours)
    await tellHooks(tx, account, page, outcomes, ours)

    return met.map((one) => one && withoutDirection(outcomes.get(one)!))
  }

  /** In the order of the page. What depends on what the page itself did before it is looked up anew. */
  async function settle(
    tx: Tx,
    account: FilingAccount,
    page: readonly Met[],
    matches: ReadonlyMap<Met, Match>,
    ours: ReadonlySet<string>,
  ): Promise<Map<Met, Outcome>> {
    const outcomes = new Map<Met, Outcome>()
    const traits = new Set<string>()
    const merged = new Set<string>()
    const unchanged: { met: Met; match: Match }[] = []
    let fresh: Met[] = []

    async function createFresh(): Promise<void> {
      const created = await creating.create(tx, account, fresh, ours)
      fresh.forEach((met, n) => outcomes.set(met, created[n]!))
      fresh = []
    }
    async function merge(met: Met, { known, isReplaced }: Match): Promise<void> {
      if (isReplaced) await merging.replaceContent(tx, account, known, met.message)
      outcomes.set(met, await merging.merge(tx, account, isReplaced ? await merging.knownAgain(tx, known) : known, met.message, met.place)) // prettier-ignore
      merged.add(known.id)
    }

    for (const met of page) {
      const match = matches.get(met)
      const isRepeated = traitsOf(met).some((trait) => traits.has(trait))
      for (const trait of traitsOf(met)) traits.add(trait)
      if (isRepeated || (match && merged.has(match.known.id))) {
        await createFresh()
        const again = (await merging.findMatches(tx, account, [met])).get(met)
        if (again) await merge(met, again)
        else fresh.push(met)
      } else if (!match) fresh.push(met)
      else if (!match.isReplaced && isUnchanged(match, met)) unchanged.push({ met, match })
      else await merge(met, match)
    }
    await createFresh()
    await merging.meetAgain(tx, unchanged)
    for (const { met, match } of unchanged) {
      const { id, conversation_id: conversationId, direction } = match.known
      outcomes.set(met, { messageId: id, conversationId, created: false, direction })
    }
    return outcomes
  }

  /** The ids on the server of those messages that a hook knows: the others need not be told of one by one. */
  async function oursAmong(
    tx: Tx,
    account: FilingAccount,
    page: readonly Met[],
    matches: ReadonlyMap<Met, Match>,
  ): Promise<Set<string>> {
    const sent = page.filter(
      (met) =>
        met.place?.role === 'sent' ||
        directionOf(account, met) === 'out' ||
        matches.get(met)?.known.direction === 'out',
    )
    const ours = new Set<string>()
    if (sent.length === 0) return ours
    const copies = sent.map(({ message }) => copyOf(account, message))
    for (const hook of hooks) for (const id of await hook.knownAmong(tx, account.id, copies)) ours.add(id)
    return ours
  }

  async function tellHooks(
    tx: Tx,
    account: FilingAccount,
    page: readonly Met[],
    outcomes: ReadonlyMap<Met, Outcome>,
    ours: ReadonlySet<string>,
  ): Promise<void> {
    for (const met of page) {
      const { message, place } = met
      const outcome = outcomes.get(met)!
      if (!ours.has(message.remoteId) || !(place?.role === 'sent' || outcome.direction === 'out')) continue
      const copy = { ...copyOf(account, message), ...withoutDirection(outcome) }
      for (const hook of hooks) await hook.filed(tx, copy)
    }
  }

  return { file, fileMany, holdAccount, ...merging }
}

/** By what another message of the same page may be the same one. */
function traitsOf({ message, key }: Met): string[] {
  return [`id:${message.remoteId}`, `key:${key.toString('latin1')}`]
}

export function copyOf({ id }: FilingAccount, { remoteId, messageId }: RemoteMessage): SentCopy {
  return { emailAccountId: id, remoteId, rfcMessageId: messageId }
}

/** The folder in which a message lies, when it is one that we read. */
export async function placeOf(tx: Tx, account: FilingAccount, folderRemoteId: string): Promise<Place | undefined> {
  return (await placesOf(tx, account, [{ folderRemoteId }])).get(folderRemoteId)
}

async function placesOf(
  tx: Tx,
  account: FilingAccount,
  messages: readonly { folderRemoteId: string }[],
): Promise<Map<string, Place>> {
  const remoteIds = [...new Set(messages.map(({ folderRemoteId }) => folderRemoteId))]
  if (remoteIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('folders')
    .select(['id', 'remote_id', 'role', 'cursor_round'])
    .where('email_account_id', '=', account.id)
    .where('remote_id', 'in', remoteIds)
    // Junk may be looked at without being read.
    .where(
      sql<boolean>`(synced OR role = 'junk' AND (SELECT watches_junk FROM email_accounts WHERE id = ${account.id}))`,
    )
    .execute()
  return new Map(
    rows.map((row) => [
      row.remote_id,
      { id: row.id, role: (row.role ?? undefined) as FolderRole | undefined, round: row.cursor_round },
    ]),
  )
}

function withoutDirection({ messageId, conversationId, created }: FiledMessage): FiledMessage {
  return { messageId, conversationId, created }
}

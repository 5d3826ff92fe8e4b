import type { Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { mapInTurns } from '../../kernel/turns.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import type { ErasedMail } from '../erasure/erased-mail.ts'
import type { SearchIndex } from '../search/search-index.ts'
import { lockAccount } from '../threading/account-lock.ts'
import type { ConversationTokens } from '../threading/conversation-tokens.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import { addKeys } from './candidates.ts'
import { createContentReplacement } from './content-replacement.ts'
import type {
  CopiesOfSubmissions,
  FiledMessage,
  MoveHook,
  ReceivedMailHook,
  SeenHook,
  SentMailHook,
} from './filing-hooks.ts'
import { findPlaces } from './folder-places.ts'
import { findMatches, isUnchanged, reloadKnown, type Match } from './known-lookup.ts'
import { createMessageInserts } from './message-inserts.ts'
import { confirmLocations } from './message-locations.ts'
import { createMessageMerge } from './message-merge.ts'
import { findDirection, sentCopy, type FilingResult, type MetMessage } from './met-message.ts'

export interface FilePageDeps {
  clock: Clock
  events: Events
  hooks: readonly SentMailHook[]
  receivedHooks: readonly ReceivedMailHook[]
  seenHooks: readonly SeenHook[]
  moveHooks: readonly MoveHook[]
  tokens: ConversationTokens
  searchIndex: Pick<SearchIndex, 'written' | 'waitForRoom'>
  erasedMail: ErasedMail
}

/**
 * Files a page of messages: inserts new ones together, merges changed ones one by one.
 *
 * Cost: about fourteen statements for a page of new messages, five for a page of unchanged ones, and five more for each
 * changed message.
 */
export function createFilePage(deps: FilePageDeps) {
  const { hooks } = deps
  const insertNew = createMessageInserts(deps)
  const mergeMessage = createMessageMerge(deps)
  const replaceContent = createContentReplacement(deps)

  return async function filePage(
    tx: Tx,
    account: FilingAccount,
    messages: readonly RemoteMessage[],
  ): Promise<(FiledMessage | undefined)[]> {
    await lockAccount(tx, account)
    const places = await findPlaces(tx, account, messages)
    const met = await mapInTurns(messages, (message): MetMessage | undefined => {
      const place = places.get(message.folderRemoteId)
      if (message.flags.includes('draft') || place?.role === 'drafts') return undefined
      return { ...addKeys(message), place, isSecond: false }
    })
    const filed = met.filter((one) => one !== undefined)
    if (filed.length === 0) return messages.map(() => undefined)

    const matches = await findMatches(tx, account, filed)
    const ours = await copiesOfSubmissions(tx, account, filed, matches)
    // Mail that was sent here waits for its copy, whatever was erased.
    const unknown = filed.filter((one) => !matches.has(one) && !ours.has(one.message.remoteId))
    const erased = await deps.erasedMail.findAmong(tx, account, unknown)
    const page = filed.filter((one) => !erased.has(one))
    if (page.length === 0) return messages.map(() => undefined)
    const results = await store(tx, account, page, matches, ours)
    await reportSentCopies(tx, account, page, results, ours)

    return met.map((one) => (one && !erased.has(one) ? withoutDirection(results.get(one)!) : undefined))
  }

  /** Stores messages in the order of the page. A message that another one of the page has changed is looked up again. */
  async function store(
    tx: Tx,
    account: FilingAccount,
    page: readonly MetMessage[],
    matches: ReadonlyMap<MetMessage, Match>,
    ours: CopiesOfSubmissions,
  ): Promise<Map<MetMessage, FilingResult>> {
    const results = new Map<MetMessage, FilingResult>()
    const traits = new Set<string>()
    const merged = new Set<string>()
    const mergedMessageIds = new Set<string>()
    const unchanged: { met: MetMessage; match: Match }[] = []
    let fresh: MetMessage[] = []

    async function createFresh(): Promise<void> {
      const created = await insertNew(tx, account, fresh, ours)
      fresh.forEach((met, n) => results.set(met, created[n]!))
      fresh = []
    }
    async function mergeKnown(met: MetMessage, { known, isReplaced }: Match): Promise<void> {
      if (isReplaced) await replaceContent(tx, account, known, met.message)
      const stored = isReplaced ? await reloadKnown(tx, known) : known
      results.set(met, await mergeMessage(tx, account, stored, met.message, met.place))
      merged.add(known.id)
      if (met.message.messageId !== undefined) mergedMessageIds.add(met.message.messageId)
    }
    /** The match compares contents from before the page. A merge of the page has changed one of them. */
    function isStale({ message: { messageId }, isSecond }: MetMessage, match: Match | undefined): boolean {
      if (match && merged.has(match.known.id)) return true
      return merged.size > 0 && (isSecond || (messageId !== undefined && mergedMessageIds.has(messageId)))
    }

    for (const met of page) {
      const match = matches.get(met)
      const isRepeated = traitsOf(met).some((trait) => traits.has(trait))
      for (const trait of traitsOf(met)) traits.add(trait)
      if (isRepeated || isStale(met, match)) {
        await createFresh()
        const again = (await findMatches(tx, account, [met])).get(met)
        if (again) await mergeKnown(met, again)
        else fresh.push(met)
      } else if (!match) fresh.push(met)
      else if (!match.isReplaced && isUnchanged(match, met)) unchanged.push({ met, match })
      else await mergeKnown(met, match)
    }
    await createFresh()
    await confirmLocations(tx, unchanged)
    for (const { met, match } of unchanged) {
      const { id, conversation_id: conversationId, direction } = match.known
      results.set(met, { messageId: id, conversationId, created: false, direction })
    }
    return results
  }

  /** The messages that are copies of submissions. */
  async function copiesOfSubmissions(
    tx: Tx,
    account: FilingAccount,
    page: readonly MetMessage[],
    matches: ReadonlyMap<MetMessage, Match>,
  ): Promise<CopiesOfSubmissions> {
    const sent = page.filter(
      (met) =>
        met.place?.role === 'sent' ||
        findDirection(account, met) === 'out' ||
        matches.get(met)?.known.direction === 'out',
    )
    const ours = new Map<string, { isAutomatic: boolean }>()
    if (sent.length === 0) return ours
    const copies = sent.map(({ message }) => sentCopy(account, message))
    for (const hook of hooks)
      for (const [id, facts] of await hook.knownAmong(tx, account.id, copies)) ours.set(id, facts)
    return ours
  }

  async function reportSentCopies(
    tx: Tx,
    account: FilingAccount,
    page: readonly MetMessage[],
    results: ReadonlyMap<MetMessage, FilingResult>,
    ours: CopiesOfSubmissions,
  ): Promise<void> {
    for (const met of page) {
      const { message, place } = met
      const result = results.get(met)!
      if (!ours.has(message.remoteId) || !(place?.role === 'sent' || result.direction === 'out')) continue
      const copy = { ...sentCopy(account, message), ...withoutDirection(result) }
      for (const hook of hooks) await hook.filed(tx, copy)
    }
  }
}

/** Keys by which two messages of a page may be the same one. */
function traitsOf({ message, key }: MetMessage): string[] {
  return [`id:${message.remoteId}`, `key:${key.toString('latin1')}`]
}

function withoutDirection({ messageId, conversationId, created }: FiledMessage): FiledMessage {
  return { messageId, conversationId, created }
}

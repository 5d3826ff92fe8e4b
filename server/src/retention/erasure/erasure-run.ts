import { sql } from 'kysely'
import {
  allOwnAddresses,
  belongsTo,
  CONVERSATION_TEXTS,
  isToPersonAlone,
  type BatchSize,
  type ErasedPart,
  type ErasedPerson,
  type EraseHooks,
} from '../../conversations/index.ts'
import { scanTexts, searchedTexts, type ScanSize, type SearchedTexts, type Tx } from '../../database/index.ts'
import { deleteEventsOf } from '../../events/index.ts'
import { forgetAnswers } from '../../idempotency/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { ConversationId, EmailAccountId, ErasureId } from '../../kernel/ids.ts'
import { deleteNotificationsOf } from '../../notifications/index.ts'
import { deleteSentTo, deleteSubmissionsOf, deleteSubmissionsOfMessages, hasMailInUse } from '../../submission/index.ts'
import type { BackgroundPace } from '../background-pace.ts'
import { createDeletions, type Deletions } from '../deletions.ts'
import { addCount, addMail, MOST_NAMED, sumOfMail, type ErasureReport } from './erasure-report.ts'
import { ERASURE_SCANS } from './erasure-scans.ts'
import type { ErasuresDeps } from './erasures.ts'

const CONVERSATIONS_AT_ONCE = 1000
/** Steps before the scans. */
const [MAIL, RECORDS, SENT_MAIL] = [0, 1, 2]
const FIRST_SCAN = 3

interface Running {
  id: ErasureId
  actor: string
  person: ErasedPerson
  texts: SearchedTexts
  before: Date
  step: number
  position: string | undefined
  report: ErasureReport
  batches: number
}

/**
 * Continues the running erasure, in batches of bounded rows and bytes. Each stores its counts and where it ended, so an erasure
 * that is killed continues there.
 *
 * @see docs/decisions/0059-erasure-of-people.md
 */
export function createErasureRun(deps: ErasuresDeps & { pace: BackgroundPace }) {
  const { database, clock, events, audit, emailAccounts, mail, pace } = deps

  /** @returns true if an erasure was completed */
  async function run(end: AbortSignal): Promise<boolean> {
    const running = await findRunning()
    if (!running) return false
    try {
      return await goOn(running, createDeletions(database, pace, end), end)
    } catch (error) {
      const { code } = AppError.from(error)
      // Another process continues it.
      if (code !== 'database.lock_lost') await showFailure(running, code)
      throw error
    }
  }

  async function goOn(running: Running, deletions: Deletions, end: AbortSignal): Promise<boolean> {
    await database.transaction((tx) => protect(tx, running))
    // Pages that began before the erasure may store mail of the person.
    await mail.waitForFiling((await emailAccounts.list()).map(({ id }) => id))
    while (!end.aborted) {
      if (running.step === MAIL) await eraseMail(running, deletions, end)
      else if (running.step === RECORDS) await eraseRecords(running, deletions)
      else if (running.step === SENT_MAIL) await eraseSentMail(running, deletions)
      else if (running.step < FIRST_SCAN + ERASURE_SCANS.length) await scan(running, deletions, end)
      else {
        await finish(running)
        return true
      }
    }
    return false
  }

  async function findRunning(): Promise<Running | undefined> {
    const row = await database.db.selectFrom('erasures').selectAll().where('ended_at', 'is', null).executeTakeFirst()
    if (!row) return undefined
    const addresses = row.addresses!
    const texts = searchedTexts(addresses)
    const person = { addresses, patterns: texts.patterns, own: await allOwnAddresses(database.db) }
    return {
      ...{ id: row.id, actor: row.actor, person, texts, before: row.started_at, batches: row.batches },
      ...{ step: row.step, position: row.position ?? undefined, report: row.report as ErasureReport },
    }
  }

  /** Stores the code of an error, with one event: the erasure is tried again each minute. */
  async function showFailure({ id }: Running, failed_as: string): Promise<void> {
    await database.transaction(async (tx) => {
      const row = tx.updateTable('erasures').set({ failed_as }).where('id', '=', id).where('ended_at', 'is', null)
      const isNew = sql<boolean>`failed_as IS DISTINCT FROM ${failed_as}`
      const { numUpdatedRows } = await row.where(isNew).executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n) return
      await events.append(tx, {
        kind: 'erasure.progressed',
        subjectId: id,
        payload: { by: 'postkey' },
        at: clock.now(),
      })
    })
  }

  /** Keeps mail of the person out, also after an admin gave up the key of the hashes meanwhile. */
  function protect(tx: Tx, { person, before }: Running): Promise<void> {
    return mail.begin(tx, person.addresses, before)
  }

  /** Stores the outcome of a batch. `running` has it once the transaction is committed. */
  async function save(tx: Tx, running: Running, to: Pick<Running, 'step' | 'position' | 'report'>): Promise<Running> {
    const batches = running.batches + 1
    const { numUpdatedRows } = await tx
      .updateTable('erasures')
      .set({
        step: to.step,
        position: to.position ?? null,
        report: JSON.stringify(to.report),
        batches,
        failed_as: null,
      })
      .where('id', '=', running.id)
      .where('batches', '=', running.batches)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) throw new AppError('database.lock_lost')
    await protect(tx, running)
    return { ...running, ...to, batches }
  }

  /** Saves a page, or the start of the next step after the last one. */
  function savePage(tx: Tx, running: Running, next: string | undefined, report: ErasureReport): Promise<Running> {
    return save(tx, running, { report, position: next, step: running.step + (next === undefined ? 1 : 0) })
  }

  async function batch(
    running: Running,
    deletions: Deletions,
    work: (tx: Tx, report: ErasureReport, size: BatchSize) => Promise<Running>,
  ): Promise<void> {
    const saved = await deletions.batch((tx, size) => work(tx, structuredClone(running.report), size))
    Object.assign(running, saved)
  }

  async function eraseMail(running: Running, deletions: Deletions, end: AbortSignal): Promise<void> {
    const { person, position } = running
    const { next, ids } = await pace(() => mail.findConversations(person, position, CONVERSATIONS_AT_ONCE), end)
    for (const id of ids) await eraseConversation(running, id, deletions, end)
    if (!end.aborted) await batch(running, deletions, (tx, report) => savePage(tx, running, next, report))
  }

  /** @returns true if something was deleted */
  async function eraseConversation(
    running: Running,
    id: ConversationId,
    deletions: Deletions,
    end: AbortSignal,
  ): Promise<boolean> {
    let part = 'more' as ErasedPart
    let deleted = 0
    while (part === 'more' && !end.aborted) {
      await batch(running, deletions, async (tx, report, size) => {
        const erased = await mail.erase(tx, id, running.person, running.before, hooks, size)
        part = erased.part
        if (part === 'nothing') return running
        deleted += erased.messages
        if (erased.mail) {
          const { accountId, isWhole } = erased.mail
          const { messages } = erased
          if (part === 'held' || part === 'in-use') keep(report, accountId, id, part)
          else addMail(report, accountId, { messages, ...(part === 'done' && countOf(isWhole)) })
        }
        // The position is that of the page: what is done is not found again, and what is kept was counted.
        return save(tx, running, { ...running, report })
      })
    }
    return deleted > 0
  }

  async function eraseRecords(running: Running, deletions: Deletions): Promise<void> {
    await batch(running, deletions, async (tx, report) => {
      const erased = await mail.eraseRecords(tx, running.person, running.before, report.keptIds, running.position)
      addCount(report.erased, 'customerNotes', erased.customerNotes)
      addCount(report.erased, 'suggestions', erased.suggestions)
      addCount(report.erased, 'drafts', erased.drafts)
      await announce(tx, running)
      return savePage(tx, running, erased.next, report)
    })
  }

  async function eraseSentMail(running: Running, deletions: Deletions): Promise<void> {
    const { person, before, position } = running
    const is = belongsTo(person)
    const { patterns } = person
    await batch(running, deletions, async (tx, report, size) => {
      const page = await deleteSentTo(
        tx,
        { patterns, isTheirs: (all) => isToPersonAlone(all, is), before, keptIds: report.keptIds },
        { after: position, limit: size.messages },
      )
      addCount(report.erased, 'sentMail', page.count)
      return savePage(tx, running, page.next, report)
    })
  }

  async function scan(running: Running, deletions: Deletions, end: AbortSignal): Promise<void> {
    const each = ERASURE_SCANS[running.step - FIRST_SCAN]!
    if (each.scan.table === 'messages') return scanMessages(running, deletions, end)
    await batch(running, deletions, async (tx, report, size) => {
      const { next, count } = await scanTexts(tx, each.scan, running.texts, running.position, scanSize(size))
      if ('erased' in each) addCount(report.erased, each.erased, count)
      else addCount(report.remaining, each.remaining, count)
      if (next === undefined) await announce(tx, running)
      return savePage(tx, running, next, report)
    })
  }

  /**
   * Counts the messages of others, after erasing mail of the person among them: a conversation that was merged into another one
   * meanwhile may have hidden it from the first step. Messages keep their place in this order.
   */
  async function scanMessages(running: Running, deletions: Deletions, end: AbortSignal): Promise<void> {
    const { texts, position } = running
    const { next, count, keys } = await deletions.batch((tx, size) =>
      scanTexts(tx, CONVERSATION_TEXTS.messages, texts, position, scanSize(size)),
    )
    const kept = new Set(running.report.keptIds)
    let isDeleted = false
    for (const id of keys.length === 0 ? [] : await mail.conversationsOf(keys)) {
      if (!kept.has(id) && (await eraseConversation(running, id, deletions, end))) isDeleted = true
    }
    // The same messages are read again.
    if (isDeleted || end.aborted) return
    await batch(running, deletions, async (tx, report) => {
      addCount(report.remaining, 'messages', count)
      report.remainingMessageIds = [...report.remainingMessageIds, ...keys].slice(0, MOST_NAMED)
      if (next === undefined) await announce(tx, running)
      return savePage(tx, running, next, report)
    })
  }

  async function announce(tx: Tx, { id, actor }: Running): Promise<void> {
    const payload = { by: actor }
    await events.append(tx, { kind: 'erasure.progressed', subjectId: id, payload, at: clock.now() })
  }

  async function finish(running: Running): Promise<void> {
    const { id, actor, report } = running
    await database.transaction(async (tx) => {
      const at = clock.now()
      await save(tx, running, running)
      await forgetAnswers(tx)
      const ended = { ended_at: at, addresses: null, position: null }
      await tx.updateTable('erasures').set(ended).where('id', '=', id).execute()
      const { conversations, shared, messages, onLegalHold } = sumOfMail(report)
      const detail = { conversations, shared, messages, onLegalHold }
      await audit.record(tx, { actor, action: 'erasure.completed', subject: id, detail })
      await events.append(tx, { kind: 'erasure.completed', subjectId: id, payload: { by: actor }, at })
      for (const [account, counts] of Object.entries(report.accounts)) {
        if (counts.messages === 0) continue
        await events.append(tx, {
          kind: 'email_account.mail_deleted',
          ...{ emailAccountId: account as EmailAccountId, subjectId: account, at },
          payload: { by: actor, conversations: counts.conversations, messages: counts.messages, sources: 0 },
        })
      }
    })
  }

  return { run }
}

const hooks: EraseHooks = {
  isInUse: hasMailInUse,
  async release(tx, { conversationId, messageIds, isWhole }, mergedIds, before) {
    await deleteSubmissionsOfMessages(tx, messageIds)
    if (isWhole) await deleteSubmissionsOf(tx, [conversationId])
    await deleteEventsOf(tx, isWhole ? [conversationId, ...mergedIds, ...messageIds] : messageIds)
    if (!isWhole) await deleteNotificationsOf(tx, [conversationId, ...mergedIds], before)
  },
}

function countOf(isWhole: boolean) {
  return isWhole ? { conversations: 1 } : { shared: 1 }
}

function scanSize({ messages, bytes }: BatchSize): ScanSize {
  return { rows: messages * 5, bytes: bytes / 8 }
}

function keep(report: ErasureReport, account: EmailAccountId, id: ConversationId, part: 'held' | 'in-use'): void {
  if (report.keptIds.includes(id)) return
  addMail(report, account, part === 'held' ? { onLegalHold: 1 } : { inUse: 1 })
  report.keptIds.push(id)
}

import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { ChangeOutcome, ChangeOutcomes, MessageChanges } from '../transports/index.ts'
import type { ActiveSettings, DueAction, Folder } from './due-actions.ts'

/** Result of one attempt at a message. */
export interface Attempt {
  action: DueAction
  /** Undefined for a part that was not tried. */
  seen: ChangeOutcome | undefined
  move: MoveOutcome | undefined
  /** Pending parts that the settings no longer want, or that have no target. */
  dropsSeen: boolean
  dropsMove: boolean
  /** True for a message of the request whose error stopped the batch: the error may be its own. */
  stopsBatch: boolean
}

export type MoveOutcome = (ChangeOutcome & { from: Folder; to: Folder }) | { kind: 'failed'; error: AppError }

/** Errors of moves, after which other moves and read marks may succeed. */
const OF_MOVES: readonly ErrorCode[] = ['transports.target_folder_gone', 'transports.imap_no_move']

export interface BatchResult {
  attempts: Attempt[]
  /** Error that may concern the whole mailbox: it waits. */
  stoppedBy: AppError | undefined
  /** True if the batch ended before all messages were tried. */
  isIncomplete: boolean
}

export interface Batch {
  changing: MessageChanges
  owns: (remoteId: string) => boolean
  settings: ActiveSettings
  due: readonly DueAction[]
  /** No further message is begun. */
  end: AbortSignal
}

/** Applies the pending parts of messages, read marks before moves, because a move may change ids. */
export async function applyBatch({ changing, owns, settings, due, end }: Batch): Promise<BatchResult> {
  const attempts = due.map((action) => ({ ...emptyAttempt(action), ...dropsOf(action, settings) }))
  // After a change of the protocol, sync first reads the mailbox with the new ids.
  const reachable = attempts.filter(({ action }) => owns(action.remoteId) && !action.isGone)
  let stoppedBy: AppError | undefined

  for (const isSeen of [true, false]) {
    const wanted = reachable.filter(
      ({ action, dropsSeen }) => action.seenPending && !dropsSeen && action.wantsSeen === isSeen,
    )
    if (wanted.length === 0 || stoppedBy || end.aborted) continue
    const result = await changing.markSeen(wanted.map(({ action }) => action.remoteId), isSeen, end) // prettier-ignore
    for (const attempt of wanted) {
      attempt.seen = result.outcomes.get(attempt.action.remoteId)
      attempt.stopsBatch = isStoppedAt(result, attempt)
    }
    stoppedBy = result.stoppedBy
  }

  for (const attempt of reachable) {
    if (!hasNoTarget(attempt.action, settings)) continue
    attempt.move = { kind: 'failed', error: new AppError('transports.target_folder_gone') }
  }
  const moves = reachable.flatMap((attempt) => {
    const { from, to } = routeOf(attempt.action, settings)
    return attempt.action.movePending && !attempt.dropsMove && from && to ? [{ attempt, from, to }] : []
  })
  const routes = Map.groupBy(moves, ({ from, to }) => `${from.id} ${to.id}`)
  for (const route of routes.values()) {
    if (stoppedBy || end.aborted) break
    const { from, to } = route[0]!
    const remoteIds = route.map(({ attempt }) => attempt.action.remoteId)
    const messageIds = messageIdsOf(route.map(({ attempt }) => attempt))
    const result = ofMoves(
      await changing.move(remoteIds, { from: from.remoteId, to: to.remoteId, messageIds }, end),
      remoteIds,
    )
    for (const { attempt } of route) {
      const outcome = result.outcomes.get(attempt.action.remoteId)
      if (outcome) attempt.move = { ...outcome, from, to }
      attempt.stopsBatch = isStoppedAt(result, attempt)
    }
    stoppedBy = result.stoppedBy
  }
  return { attempts, stoppedBy, isIncomplete: stoppedBy !== undefined || end.aborted }
}

/** An error of moves fails those of its route, and stops nothing else. */
function ofMoves(result: ChangeOutcomes, remoteIds: readonly string[]): ChangeOutcomes {
  const { outcomes, stoppedBy: error } = result
  if (!error || !OF_MOVES.includes(error.code)) return result
  return { outcomes: new Map(remoteIds.map((id) => [id, outcomes.get(id) ?? { kind: 'failed', error }])) }
}

function isStoppedAt({ stoppedAt }: ChangeOutcomes, { action }: Attempt): boolean {
  return stoppedAt?.includes(action.remoteId) === true
}

function messageIdsOf(attempts: readonly Attempt[]): Map<string, string> {
  return new Map(
    attempts.flatMap(({ action: { remoteId, rfcMessageId } }) => (rfcMessageId === null ? [] : [[remoteId, rfcMessageId]])), // prettier-ignore
  )
}

function emptyAttempt(action: DueAction): Attempt {
  return { action, seen: undefined, move: undefined, dropsSeen: false, dropsMove: false, stopsBatch: false }
}

/** Parts that an admin has switched off since, and those of messages that are gone. */
function dropsOf(action: DueAction, settings: ActiveSettings): Pick<Attempt, 'dropsSeen' | 'dropsMove'> {
  const { from, to } = routeOf(action, settings)
  return {
    dropsSeen: action.isGone || (action.wantsSeen === true && !settings.marksRead),
    dropsMove: action.isGone || !from || (!to && !hasNoTarget(action, settings)) || from.id === to?.id,
  }
}

/** The folder for closed conversations has been deleted: the move waits until an admin chooses another one. */
function hasNoTarget({ place, movePending }: DueAction, { movesClosed, closedFolder }: ActiveSettings): boolean {
  return movePending && place === 'closed' && movesClosed && !closedFolder
}

function routeOf(action: DueAction, settings: ActiveSettings): { from: Folder | null; to: Folder | null } {
  return { from: action.at ?? action.home, to: targetOf(action, settings) }
}

function targetOf({ place, home }: DueAction, settings: ActiveSettings): Folder | null {
  switch (place) {
    case 'home':
      return home
    case 'closed':
      return settings.movesClosed ? settings.closedFolder : null
    case 'junk':
      return settings.movesSpam ? settings.junkFolder : null
    case 'trash':
      return settings.movesDeleted ? settings.trashFolder : null
    case null:
      return null
  }
}

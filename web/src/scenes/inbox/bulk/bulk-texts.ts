import type { BulkAction, EmailAccount } from '../../../api/client.ts'
import { words } from '../../../words/index.ts'
import type { BulkOutcome, UndoOutcome } from './bulk-run.ts'

/** Numbers of changed conversations, and of those that stay as they are. */
export function outcomeText(
  action: BulkAction,
  { changed, unchanged, refused }: BulkOutcome,
  accounts: readonly EmailAccount[],
): string {
  if (action.kind === 'move') {
    const to = accounts.find(({ id }) => id === action.emailAccountId)?.address ?? words.move.elsewhere
    const sentences = [
      ...(changed > 0 ? [words.bulk.moved(changed, to)] : []),
      ...(unchanged > 0 ? [words.bulk.movedBefore(unchanged)] : []),
      ...refusals(refused),
    ]
    return sentences.length > 0 ? sentences.join(' ') : words.bulk.nothing
  }
  const isShown = changed > 0 || refused.length === 0
  return [...(isShown ? [sentenceOf(action, changed)] : []), ...refusals(refused)].join(' ')
}

/** Undefined when everything is restored. */
export function undoText({ changed, refused, rest }: UndoOutcome): string | undefined {
  const left = new Set(rest.flatMap(({ ids }) => ids)).size
  const sentences = [
    ...(left > 0 && changed > 0 ? [words.bulk.restored(changed)] : []),
    ...(left > 0 ? [words.bulk.unrestored(left)] : []),
    ...refusals(refused),
  ]
  return sentences.length > 0 ? sentences.join(' ') : undefined
}

function sentenceOf(action: Exclude<BulkAction, { kind: 'move' }>, changed: number): string {
  return action.kind === 'place' ? words.bulk.placed[action.place](changed) : words.bulk.done[action.kind](changed)
}

function refusals(refused: BulkOutcome['refused']): string[] {
  const reasons = [...Map.groupBy(refused, ({ reason }) => reason.title)]
  return reasons.map(([reason, some]) => words.bulk.refused(some.length, reason))
}

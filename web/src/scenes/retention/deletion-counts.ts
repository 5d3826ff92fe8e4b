import { sizeWords } from '../../components/sizes.ts'
import { language, words } from '../../words/index.ts'
import { DELETED_KINDS, type DeletedKind } from './deleted-kinds.ts'

/** Counts of a preview. */
export type DeletionCounts = Partial<Record<DeletedKind | 'onLegalHold', number>> & {
  bytes?: number
  /** Counts that ended at their limit: there may be more, even of kinds with a count of 0. */
  atLeast: readonly (DeletedKind | 'onLegalHold')[]
}

const number = new Intl.NumberFormat(language)

/** Lines of a preview: what a retention deletes at once. */
export function deletionLines(counts: DeletionCounts): string[] {
  return DELETED_KINDS.flatMap((kind) => {
    const { count, figure } = figureOf(counts, kind)
    if (figure === undefined) return []
    return [words.retention.deleted[kind](count, figure, sizeWords(counts.bytes ?? 0))]
  })
}

/** Line of a preview about mail that stays because of a legal hold. */
export function heldLine(counts: DeletionCounts): string | undefined {
  const { count, figure } = figureOf(counts, 'onLegalHold')
  return figure === undefined ? undefined : words.retention.keepsHeld(count, figure)
}

function figureOf(counts: DeletionCounts, kind: DeletedKind | 'onLegalHold') {
  const count = counts[kind] ?? 0
  if (counts.atLeast.includes(kind)) return { count, figure: words.orMore(number.format(count)) }
  return { count, figure: count === 0 ? undefined : number.format(count) }
}

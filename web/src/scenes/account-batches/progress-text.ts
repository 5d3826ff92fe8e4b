import type { AccountBatch } from '../../api/client.ts'
import { words } from '../../words/index.ts'

/** The counts of a batch in one line. */
export function progressText({ counts, total }: Pick<AccountBatch, 'counts' | 'total'>): string {
  const text = words.accountBatches
  const known = counts['already-connected'] + counts.duplicate
  const left = counts.waiting + counts.checking
  return [
    text.progress({ connected: counts.connected, total }),
    ...(counts.failed > 0 ? [text.progressFailed(counts.failed)] : []),
    ...(known > 0 ? [text.progressKnown(known)] : []),
    ...(counts.canceled > 0 ? [text.progressCanceled(counts.canceled)] : []),
    ...(left > 0 ? [text.progressLeft(left)] : []),
  ].join(', ')
}

/** True as long as a row waits or is checked, also after the batch was canceled. */
export function isBusyBatch(batch: Pick<AccountBatch, 'endedAt'> | undefined): boolean {
  return batch !== undefined && batch.endedAt === undefined
}

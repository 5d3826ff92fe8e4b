import { words } from '../../words/index.ts'

/** Sentence above the counts, and whether the dialog waits for them. When they fail, an admin may save without them. */
export function confirmationOf({
  isCounted,
  isEmpty,
  hasFailed,
}: {
  isCounted: boolean
  isEmpty: boolean
  hasFailed: boolean
}) {
  const text = words.retention
  if (!isCounted) return { waiting: !hasFailed, sentence: hasFailed ? `${text.uncounted} ${text.now}` : text.counting }
  return { waiting: false, sentence: hasFailed ? undefined : isEmpty ? text.nothing : text.now }
}

import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { getConversationsIdOptions, type Conversation } from '../../api/client.ts'
import { withKept, type Kept } from './list-place.ts'

const NO_NAMES: Readonly<Record<string, string>> = {}

/**
 * Keeps the row under the cursor in the list after it has left the view, so that the next key refers to the same
 * conversation: after `i` in *Unassigned*, or when a colleague closes it. It disappears when the cursor moves on.
 *
 * @param cursor  undefined while a conversation is open: keys refer to that one then
 * @returns the rows, and the names of people of the kept one
 */
export function useKeptRow(
  found: readonly Conversation[] | undefined,
  cursor: string | undefined,
): { rows: readonly Conversation[] | undefined; names: Readonly<Record<string, string>> } {
  const [last, setLast] = useState<Kept>()
  const index = found?.findIndex(({ id }) => id === cursor) ?? -1
  const row = found?.[index]
  // State of the previous render, as React recommends instead of an effect.
  if (row && (last?.conversation !== row || last.index !== index)) setLast({ conversation: row, index })
  else if (last && last.conversation.id !== cursor) setLast(undefined)

  const isGone = found !== undefined && !row && cursor !== undefined && last?.conversation.id === cursor
  const { data, error } = useQuery({ ...getConversationsIdOptions({ path: { id: cursor ?? '' } }), enabled: isGone })
  const now = data?.conversation
  const shownRow = isGone && error === null && now?.mergedInto === undefined ? last : undefined
  const rows = useMemo(
    () =>
      found &&
      (shownRow ? withKept(found, { index: shownRow.index, conversation: now ?? shownRow.conversation }) : found),
    [found, shownRow, now],
  )
  return { rows, names: data?.names ?? NO_NAMES }
}

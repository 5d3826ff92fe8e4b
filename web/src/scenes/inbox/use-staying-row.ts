import { useMemo, useState } from 'react'
import type { Conversation } from '../../api/client.ts'
import { withPlace } from './list-place.ts'

/**
 * Keeps the open conversation at its place while reading it moves it down, as in *Mentions*: the next key leads to the
 * unread row below it.
 *
 * @param opened  undefined in views whose order does not depend on reading
 */
export function useStayingRow(
  found: readonly Conversation[] | undefined,
  opened: string | undefined,
): readonly Conversation[] | undefined {
  const [place, setPlace] = useState<{ id: string; index: number }>()
  const index = found?.findIndex(({ id }) => id === opened) ?? -1
  // State of the previous render, as React recommends instead of an effect.
  if (opened !== undefined && index >= 0 && place?.id !== opened) setPlace({ id: opened, index })
  else if (place && place.id !== opened) setPlace(undefined)
  return useMemo(() => (found && place ? withPlace(found, place) : found), [found, place])
}

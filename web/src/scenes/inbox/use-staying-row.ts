import { useMemo, useState } from 'react'
import type { Conversation } from '../../api/client.ts'
import { placeOf, withPlace, type Place } from './list-place.ts'

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
  const [place, setPlace] = useState<Place>()
  // State of the previous render, as React recommends instead of an effect.
  if (place?.id !== opened) {
    const now = found && opened !== undefined ? placeOf(found, opened) : undefined
    if (now || place) setPlace(now)
  }
  return useMemo(() => (found && place ? withPlace(found, place) : found), [found, place])
}

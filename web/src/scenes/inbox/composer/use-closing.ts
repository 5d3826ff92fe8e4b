import { useState } from 'react'
import { returnFocus } from '../focus-return.ts'
import type { DraftKeeper } from './draft-keeper.ts'

/**
 * Closing keeps the draft, and waits until it is kept: while it cannot be, the composer stays open and says why.
 * Afterwards the focus is where it was before.
 */
export function useClosing(keeper: DraftKeeper, onClosed: () => void) {
  const [before] = useState(() => document.activeElement)
  const left = () => {
    onClosed()
    setTimeout(() => returnFocus(before), 0)
  }
  const close = async () => {
    await keeper.flush()
    const { state } = keeper.now().keeping
    if (state === 'begun' || state === 'saved' || state === 'gone') left()
  }
  return { close, left }
}

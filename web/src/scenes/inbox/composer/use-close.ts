import { useFocusReturn } from '../focus-return.ts'
import type { DraftKeeper } from './draft-keeper.ts'

/** Closes the composer once the draft is saved. While it can't be saved, the composer stays open and shows the reason. */
export function useClose(keeper: DraftKeeper, onClosed: () => void) {
  useFocusReturn()
  const close = async () => {
    await keeper.flush()
    const { state } = keeper.now().keeping
    if (state === 'begun' || state === 'saved' || state === 'gone') onClosed()
  }
  return { close, left: onClosed }
}

import { useLayoutEffect } from 'react'

/**
 * Calls `call` in the task in which React removes the surrounding elements. A timer or a request can end earlier or
 * later, and the focus would fall to the document body. `call` must be stable between renders.
 */
export function OnRemoval({ call }: { call: () => void }) {
  useLayoutEffect(() => () => queueMicrotask(call), [call])
  return undefined
}

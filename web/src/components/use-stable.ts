import { useCallback, useLayoutEffect, useRef } from 'react'

/** The same function at each render, which calls the latest one. For handlers: it must not be called while rendering. */
export function useStable<Args extends readonly unknown[]>(handle: (...args: Args) => void): (...args: Args) => void {
  const latest = useRef(handle)
  useLayoutEffect(() => void (latest.current = handle))
  return useCallback((...args: Args) => latest.current(...args), [])
}

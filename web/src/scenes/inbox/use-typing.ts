import { useCallback, useEffect, useRef, useState } from 'react'

/** A pause this long ends the "writing" state. */
const PAUSE_MS = 30_000

/** `true` when something was typed within the last half minute, and the function that records it. */
export function useTyping(): [isTyping: boolean, noteTyping: () => void] {
  const [isTyping, setTyping] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const noteTyping = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setTyping(false), PAUSE_MS)
    setTyping(true)
  }, [])
  return [isTyping, noteTyping]
}

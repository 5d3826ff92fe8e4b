import { useCallback, useRef, useState } from 'react'

/**
 * The row under the cursor. While a pointer is down it waits: a kept row that goes between press and release would move
 * another one below the pointer, and the click would be lost.
 */
export function useCursorRow() {
  const [cursor, setCursor] = useState<string>()
  const latest = useRef<string>(undefined)
  const isPressed = useRef(false)

  const move = useCallback((id: string) => {
    latest.current = id
    if (!isPressed.current) setCursor(id)
  }, [])

  const onPointerDown = useCallback(() => {
    isPressed.current = true
    const release = () => {
      window.removeEventListener('pointerup', release)
      window.removeEventListener('pointercancel', release)
      // After the click that follows.
      setTimeout(() => {
        isPressed.current = false
        setCursor(latest.current)
      }, 0)
    }
    window.addEventListener('pointerup', release)
    window.addEventListener('pointercancel', release)
  }, [])

  return { cursor, move, onPointerDown }
}

import { useCallback, useRef, useState } from 'react'

/**
 * The row under the cursor. It doesn't change while a pointer is down: if a kept row disappeared between press and
 * release, another row would move below the pointer and the click would be lost.
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
      // Runs after the click that follows.
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

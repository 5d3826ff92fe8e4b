import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, type FocusEvent, type PointerEvent } from 'react'
import { conversationQuery } from '../../api/conversation.ts'

/** A row that the pointer only crosses causes no request. */
const REST_MS = 80

/**
 * Handlers for the list: load the conversation of the row on which the pointer or the focus rests, so that opening it
 * needs no further request.
 */
export function usePrefetch() {
  const queryClient = useQueryClient()
  const { stop, ...handlers } = useMemo(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let awaited: string | undefined
    const stop = () => {
      clearTimeout(timer)
      awaited = undefined
    }
    const load = (id: string) => void queryClient.query(conversationQuery(id)).catch(() => undefined)
    const rest = (target: EventTarget) => {
      const id = rowOf(target)
      if (id === awaited) return
      stop()
      if (id === undefined) return
      awaited = id
      timer = setTimeout(() => load(id), REST_MS)
    }
    return {
      stop,
      onPointerOver: ({ target, pointerType }: PointerEvent) => pointerType === 'mouse' && rest(target),
      onPointerLeave: stop,
      onFocus: ({ target }: FocusEvent) => rest(target),
    }
  }, [queryClient])
  useEffect(() => stop, [stop])
  return handlers
}

function rowOf(target: EventTarget): string | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-conversation]') : undefined
  return row?.dataset['conversation']
}

import { useNavigate } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'
import { useCommand } from '../../keyboard/actions.ts'
import { step } from './list-place.ts'

interface CursorInput {
  rows: readonly { id: string }[]
  selected: string | undefined
  list: RefObject<HTMLElement | null>
  reveal: (index: number) => void
  /** Called when the cursor moves to another row. */
  onMove: (id: string) => void
}

/**
 * `j` and `k`: the focus moves from row to row, and Enter opens. Next to an open conversation, the next one opens
 * immediately, so that keys always refer to the marked row. A row that leaves the view stays until the cursor moves
 * (`use-kept-row.ts`); a removed one passes the focus to the next.
 */
export function useListCursor({ rows, selected, list, reveal, onMove }: CursorInput): (id: string) => void {
  const navigate = useNavigate()
  const cursor = useRef<{ id: string | undefined; index: number }>({ id: undefined, index: 0 })
  const [wanted, setWanted] = useState<{ id: string }>()

  useEffect(() => {
    if (selected !== undefined) cursor.current.id = selected
  }, [selected])

  useEffect(() => {
    const at = rows.findIndex(({ id }) => id === cursor.current.id)
    if (at >= 0) cursor.current.index = at
    // The focused row is gone, and with it the focus.
    else if (selected === undefined && cursor.current.id !== undefined && document.activeElement === document.body) {
      const next = rows[Math.min(cursor.current.index, rows.length - 1)]
      if (next) setWanted({ id: next.id })
    }
  }, [rows, selected])

  useEffect(() => {
    if (wanted) list.current?.querySelector<HTMLElement>(`[data-conversation="${wanted.id}"]`)?.focus()
  }, [wanted, list])

  const go = (by: 1 | -1) => {
    const at = step(rows, cursor.current, by)
    if (at === undefined) return
    const { id } = rows[at]!
    cursor.current = { id, index: at }
    reveal(at)
    onMove(id)
    setWanted({ id })
    if (selected !== undefined) {
      void navigate({ to: '/inbox/$conversationId', params: { conversationId: id }, replace: true })
    }
  }
  const hasRows = rows.length > 0
  useCommand('next', hasRows ? () => go(1) : undefined)
  useCommand('previous', hasRows ? () => go(-1) : undefined)

  return useCallback(
    (id: string) => {
      cursor.current = { ...cursor.current, id }
      onMove(id)
    },
    [onMove],
  )
}

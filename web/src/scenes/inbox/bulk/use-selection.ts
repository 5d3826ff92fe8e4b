import { useCallback, useMemo, useRef, useState, type RefObject } from 'react'
import { useCommand } from '../../../keyboard/actions.ts'
import { extended, NOTHING, toggled, type Selection } from './selection.ts'

/**
 * Selection of rows: `x` and the checkbox of a row add or remove it, Shift adds a range, Escape clears. Rows that leave
 * the view stay selected, so that a change by a colleague doesn't alter the selection unnoticed.
 */
export function useSelection(rows: readonly { id: string }[], list: RefObject<HTMLElement | null>) {
  const [selection, setSelection] = useState<Selection>(NOTHING)
  const latest = useRef(rows)
  latest.current = rows
  const select = useCallback((id: string, isRange: boolean) => {
    setSelection((now) => (isRange ? extended(now, latest.current, id) : toggled(now, id)))
  }, [])
  const clear = useCallback(() => {
    setSelection(NOTHING)
    // The bar that had the focus disappears.
    const { activeElement } = document
    const inList = activeElement !== null && list.current?.contains(activeElement) === true
    if (!inList) list.current?.querySelector<HTMLElement>('[data-conversation]')?.focus({ preventScroll: true })
  }, [list])
  const selectView = useCallback(() => {
    const ids = new Set(latest.current.map(({ id }) => id))
    setSelection({ ids, anchor: undefined, isWholeView: true })
  }, [])

  const focused = () => {
    const row = document.activeElement?.closest<HTMLElement>('[data-conversation]')
    return (
      row?.dataset['conversation'] ??
      list.current?.querySelector<HTMLElement>('[data-current]')?.dataset['conversation']
    )
  }
  const selectFocused = (isRange: boolean) => () => {
    const id = focused()
    if (id !== undefined) select(id, isRange)
  }
  const hasRows = rows.length > 0
  useCommand('select', hasRows ? selectFocused(false) : undefined)
  useCommand('selectTo', hasRows ? selectFocused(true) : undefined)
  useCommand('clearSelection', selection.ids.size > 0 ? clear : undefined)
  return useMemo(() => ({ selection, select, selectView, clear }), [selection, select, selectView, clear])
}

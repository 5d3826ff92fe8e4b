import { useId, useState, type KeyboardEvent } from 'react'

/** Keys and roles of a field that finds options: the arrow keys move through them, Enter chooses one. */
export function useOptionList(count: number, choose: (index: number) => void) {
  const listId = useId()
  const [at, setAt] = useState(0)
  const current = Math.min(at, count - 1)
  const optionId = (index: number) => `${listId}-${index}`

  function onKeyDown(event: KeyboardEvent): void {
    // Enter ends the input of Japanese and Chinese words.
    if (event.nativeEvent.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && count > 0) {
      event.preventDefault()
      const next = (current + step + count) % count
      setAt(next)
      document.getElementById(optionId(next))?.scrollIntoView({ block: 'nearest' })
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      if (current >= 0) choose(current)
    }
  }

  return {
    current,
    optionId,
    /** Returns to the first option, when others are found. */
    toFirst: () => setAt(0),
    listProps: { id: listId, role: 'listbox' },
    fieldProps: {
      role: 'combobox',
      'aria-expanded': count > 0,
      'aria-controls': listId,
      'aria-activedescendant': count > 0 ? optionId(current) : undefined,
      autoComplete: 'off',
      onKeyDown,
    },
  }
}

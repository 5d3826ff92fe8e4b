import { useId, useState, type KeyboardEvent } from 'react'

interface OptionListRules {
  /** Option marked at first. By default the first one; -1 for none, so that Enter chooses nothing. */
  start?: number
  /** Tab chooses the marked option too. */
  tabChooses?: boolean
}

/** Keys and roles of a field that finds options: the arrow keys move through them, Enter chooses one. */
export function useOptionList(count: number, choose: (index: number) => void, rules: OptionListRules = {}) {
  const { start = 0, tabChooses = false } = rules
  const listId = useId()
  const [moved, setMoved] = useState<number>()
  const current = Math.min(moved ?? start, count - 1)
  const optionId = (index: number) => `${listId}-${index}`

  function onKeyDown(event: KeyboardEvent): void {
    // Enter ends the input of Japanese and Chinese words.
    if (event.nativeEvent.isComposing) return
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && count > 0) {
      event.preventDefault()
      const before = current <= 0 ? count : current
      const next = event.key === 'ArrowDown' ? (current + 1) % count : before - 1
      setMoved(next)
      document.getElementById(optionId(next))?.scrollIntoView({ block: 'nearest' })
    }
    if (event.key === 'Enter' || (tabChooses && event.key === 'Tab' && !event.shiftKey && current >= 0)) {
      event.preventDefault()
      if (current >= 0) choose(current)
    }
  }

  return {
    current,
    optionId,
    /** Returns to the first option, when others are found. */
    toFirst: () => setMoved(undefined),
    listProps: { id: listId, role: 'listbox' },
    fieldProps: {
      role: 'combobox',
      'aria-autocomplete': 'list' as const,
      'aria-expanded': count > 0,
      'aria-controls': count > 0 ? listId : undefined,
      'aria-activedescendant': current >= 0 ? optionId(current) : undefined,
      autoComplete: 'off',
      onKeyDown,
    },
  }
}

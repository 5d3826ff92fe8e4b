import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode, type RefObject, type SyntheticEvent } from 'react'
import { getEmailAccountsIdMembersOptions, type EmailAccount } from '../../../api/client.ts'
import { useTags } from '../../inbox/tags/use-tags.ts'
import type * as SuggestionCode from './suggestion-code.ts'
import { LIST_ID } from './list-id.ts'
import type { Suggestion } from './suggestions.ts'

type Code = typeof SuggestionCode

/** Suggestions below the search field. Their code is loaded with the first focus. */
export function useSuggestions({
  text,
  setText,
  field,
  accounts,
  account,
}: {
  text: string
  setText: (text: string) => void
  field: RefObject<HTMLInputElement | null>
  accounts: readonly EmailAccount[]
  account: string | undefined
}) {
  const [code, setCode] = useState<Code>()
  const [isOpen, setIsOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const [cursor, setCursor] = useState(text.length)
  const id = account ?? accounts[0]?.id
  const { data } = useQuery({
    ...getEmailAccountsIdMembersOptions({ path: { id: id ?? '' } }),
    enabled: isOpen && id !== undefined && /assignee:/i.test(text),
  })
  const people = data?.members ?? []
  const { tags } = useTags()
  const found = code && isOpen ? code.suggest(text, cursor, { accounts, people, tags }) : undefined
  const shown = found?.suggestions ?? []
  const choose = ({ text: chosen }: Suggestion) => {
    if (!found) return
    setText(text.slice(0, found.from) + chosen + text.slice(found.to))
    const end = found.from + chosen.length
    setCursor(end)
    // Once the field has the new text.
    requestAnimationFrame(() => field.current?.setSelectionRange(end, end))
    setActive(-1)
    setIsOpen(chosen.endsWith(':'))
  }

  /** Returns true if a key was for the list. */
  function onKey(key: string): boolean {
    if (key === 'ArrowDown' && !isOpen) {
      setIsOpen(true)
      return true
    }
    if (shown.length === 0) return false
    if (key === 'ArrowDown') setActive((active + 1) % shown.length)
    else if (key === 'ArrowUp') setActive((active <= 0 ? shown.length : active) - 1)
    else if (key === 'Escape') close()
    else if (key === 'Enter' && shown[active]) choose(shown[active])
    else return false
    return true
  }

  function close(): void {
    setIsOpen(false)
    setActive(-1)
  }

  const hasList = code !== undefined && shown.length > 0
  const list: ReactNode = hasList && <code.SuggestionList suggestions={shown} active={active} onChoose={choose} />
  return {
    list,
    onKey,
    close,
    /** Input moves the cursor without a selection event: when it is pasted, for example. */
    open: (at: number) => {
      setCursor(at)
      setIsOpen(true)
      setActive(-1)
    },
    load: () => {
      setIsOpen(true)
      // Without suggestions, the field still works.
      if (!code) void import('./suggestion-code.ts').then(setCode, () => undefined)
    },
    fieldProps: {
      onSelect: ({ currentTarget }: SyntheticEvent<HTMLInputElement>) => setCursor(currentTarget.selectionStart ?? 0),
      'aria-expanded': hasList,
      'aria-autocomplete': 'list' as const,
      'aria-controls': hasList ? LIST_ID : undefined,
      'aria-activedescendant': hasList && active >= 0 ? `${LIST_ID}-${active}` : undefined,
    },
  }
}

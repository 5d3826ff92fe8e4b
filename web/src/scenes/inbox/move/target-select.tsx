import { Select } from '@mantine/core'
import { useLayoutEffect, useState } from 'react'
import type { EmailAccount } from '../../../api/client.ts'
import { words } from '../../../words/index.ts'

interface TargetSelectProps {
  accounts: readonly EmailAccount[]
  value: string | null
  onChange: (id: string) => void
  /** Called with `true` while the typed text differs from the chosen mailbox, which Enter must not use then. */
  onSearching: (isSearching: boolean) => void
  readOnly?: boolean
}

/** Mailbox that conversations move to. Enter takes the first one that matches the text. */
export function TargetSelect({ accounts, value, onChange, onSearching, readOnly = false }: TargetSelectProps) {
  const options = accounts.map(({ id, name, address }) => ({
    value: id,
    label: name ? `${name} <${address}>` : address,
  }))
  const labelOf = (id: string | null) => options.find((option) => option.value === id)?.label ?? ''
  const [search, setSearch] = useState(labelOf(value))
  const isSearching = search !== labelOf(value)
  useLayoutEffect(() => {
    onSearching(isSearching)
    return () => onSearching(false)
  }, [isSearching, onSearching])
  return (
    <Select
      label={words.move.to}
      data={options}
      searchable
      allowDeselect={false}
      selectFirstOptionOnChange
      // Otherwise the list, opened by typing, would soon lose the selected option.
      selectFirstOptionOnDropdownOpen
      data-autofocus
      // Otherwise its list would cover the other fields at once.
      openOnFocus={false}
      nothingFoundMessage={words.move.none}
      value={value}
      readOnly={readOnly}
      searchValue={search}
      onSearchChange={setSearch}
      // Without it, the text would stay when the chosen one is taken again.
      onOptionSubmit={(id) => setSearch(labelOf(id))}
      onChange={(id) => id !== null && onChange(id)}
    />
  )
}

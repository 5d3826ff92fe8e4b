import { ActionIcon, Group, Kbd, Loader, Popover, TextInput, Tooltip } from '@mantine/core'
import { IconAdjustmentsHorizontal, IconSearch } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useCommand } from '../../keyboard/actions.ts'
import { words } from '../../words/index.ts'
import { useAccounts } from '../inbox/use-conversations.ts'
import classes from './search/search.module.css'
import { useSuggestions } from './search/use-suggestions.tsx'

const FilterPanel = lazy(async () => ({ default: (await import('./search/filter-panel.tsx')).FilterPanel }))

/** Search field on every page. `/` focuses it. Its suggestions and its filter are loaded when they are used. */
export function SearchField() {
  const navigate = useNavigate()
  const { q = '', account } = useSearch({ strict: false })
  const [text, setText] = useState(q)
  const [isFiltering, setIsFiltering] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const accounts = useAccounts()
  const suggestions = useSuggestions({ text, setText, field, accounts, account })
  useEffect(() => setText(q), [q])
  // Selects the previous search, so that typing replaces it.
  useCommand('search', () => field.current?.select())

  function search(query: string): void {
    const wanted = query.trim()
    suggestions.close()
    setIsFiltering(false)
    setText(wanted)
    void navigate({ to: '/inbox', search: wanted === '' ? { q: undefined } : { view: 'all', q: wanted } } as never)
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (suggestions.onKey(event.key)) event.preventDefault()
  }

  return (
    <form
      role="search"
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        search(text)
      }}
    >
      <TextInput
        ref={field}
        type="search"
        size="sm"
        value={text}
        autoComplete="off"
        role="combobox"
        {...suggestions.fieldProps}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value)
          suggestions.open(currentTarget.selectionStart ?? currentTarget.value.length)
        }}
        onFocus={suggestions.load}
        onBlur={suggestions.close}
        onKeyDown={onKeyDown}
        placeholder={words.shell.search}
        aria-label={words.shell.search}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSectionWidth="auto"
        rightSection={
          <Group gap={4} px={4} wrap="nowrap">
            <Kbd size="xs" visibleFrom="sm">
              /
            </Kbd>
            <Popover
              opened={isFiltering}
              onChange={setIsFiltering}
              position="bottom-end"
              width="min(28rem, 94vw)"
              trapFocus
              returnFocus
              shadow="md"
            >
              <Popover.Target>
                <Tooltip label={words.search.filter} disabled={isFiltering}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={words.search.filter}
                    aria-expanded={isFiltering}
                    onClick={() => setIsFiltering(!isFiltering)}
                  >
                    <IconAdjustmentsHorizontal size={16} aria-hidden />
                  </ActionIcon>
                </Tooltip>
              </Popover.Target>
              <Popover.Dropdown aria-label={words.search.filter}>
                <Suspense fallback={<Loader size="sm" aria-label={words.loading} />}>
                  <FilterPanel query={text} accounts={accounts} onSearch={search} />
                </Suspense>
              </Popover.Dropdown>
            </Popover>
          </Group>
        }
      />
      {suggestions.list}
    </form>
  )
}

import { Kbd, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useCommand } from '../../keyboard/actions.ts'
import { words } from '../../words/index.ts'

/** Search field on every page. `/` focuses it. */
export function SearchField() {
  const navigate = useNavigate()
  const { q = '' } = useSearch({ strict: false })
  const [text, setText] = useState(q)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => setText(q), [q])
  // Selects the previous search, so that typing replaces it.
  useCommand('search', () => field.current?.select())

  return (
    <form
      role="search"
      style={{ flex: '0 1 26rem' }}
      onSubmit={(event) => {
        event.preventDefault()
        const wanted = text.trim()
        void navigate({ to: '/inbox', search: wanted === '' ? { q: undefined } : { view: 'all', q: wanted } } as never)
      }}
    >
      <TextInput
        ref={field}
        type="search"
        size="sm"
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        placeholder={words.shell.search}
        aria-label={words.shell.search}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={
          <Kbd size="xs" visibleFrom="sm">
            /
          </Kbd>
        }
      />
    </form>
  )
}

import { Button, Checkbox, Group, NativeSelect, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { EmailAccount } from '../../../api/client.ts'
import { words } from '../../../words/index.ts'
import { useTags } from '../../inbox/tags/use-tags.ts'
import { NO_FILTER, readFilter, STATUSES, writeFilter, type Filter } from './filter-query.ts'

const NO_TAG = 'none'

interface FilterPanelProps {
  query: string
  accounts: readonly EmailAccount[]
  onSearch: (query: string) => void
}

/** Fields of a search. They write the same query that can be typed. */
export function FilterPanel({ query, accounts, onSearch }: FilterPanelProps) {
  const [filter, setFilter] = useState(() => readFilter(query))
  const texts = words.search.fields
  const { tags } = useTags()
  const set = (change: Partial<Filter>) => setFilter((before) => ({ ...before, ...change }))
  const text = (name: 'from' | 'to' | 'subject' | 'filename' | 'words' | 'without' | 'assignee') => (
    <TextInput
      size="xs"
      flex="1 1 9rem"
      label={texts[name]}
      value={filter[name]}
      onChange={({ currentTarget }) => set({ [name]: currentTarget.value })}
    />
  )
  const day = (name: 'after' | 'before') => (
    <TextInput
      size="xs"
      flex="1 1 9rem"
      // A period such as 7d was typed: it stays as it is.
      type={/^(?:\d{4}-\d{2}-\d{2})?$/.test(filter[name]) ? 'date' : 'text'}
      label={texts[name]}
      value={filter[name]}
      onChange={({ currentTarget }) => set({ [name]: currentTarget.value })}
    />
  )
  const names = tags.map(({ name }) => name)
  const isTyped =
    filter.tag !== '' && ![NO_TAG, ...names].some((each) => each.toLowerCase() === filter.tag.toLowerCase())
  const tagOptions = [
    { value: '', label: texts.any },
    { value: NO_TAG, label: texts.noTag },
    // Such as the beginning of a name.
    ...(isTyped ? [{ value: filter.tag, label: filter.tag }] : []),
    ...names.map((value) => ({ value, label: value })),
  ]
  return (
    <form
      aria-label={words.search.filter}
      onSubmit={(event) => {
        event.preventDefault()
        // In React's tree, this form is inside that of the search field, which would search for its own text.
        event.stopPropagation()
        onSearch(writeFilter(filter))
      }}
    >
      <Stack gap="xs">
        <Group gap="xs">
          {text('from')}
          {text('to')}
        </Group>
        <Group gap="xs">
          {text('subject')}
          {text('filename')}
        </Group>
        <Group gap="xs">
          {text('words')}
          {text('without')}
        </Group>
        <Group gap="xs">
          {day('after')}
          {day('before')}
        </Group>
        <Group gap="xs">
          <NativeSelect
            size="xs"
            flex="1 1 9rem"
            label={texts.status}
            value={filter.status}
            onChange={({ currentTarget }) => set({ status: currentTarget.value as Filter['status'] })}
            data={[
              { value: '', label: texts.any },
              ...STATUSES.map((value) => ({ value, label: words.inbox.status[value] })),
            ]}
          />
          {text('assignee')}
        </Group>
        {(tags.length > 0 || filter.tag !== '') && (
          <NativeSelect
            size="xs"
            label={texts.tag}
            value={tagOptions.find(({ value }) => value.toLowerCase() === filter.tag.toLowerCase())?.value}
            onChange={({ currentTarget }) => set({ tag: currentTarget.value })}
            data={tagOptions}
          />
        )}
        {accounts.length > 1 && (
          <NativeSelect
            size="xs"
            label={texts.account}
            value={
              accounts.find(({ key }) => key.toLowerCase() === filter.account.toLowerCase())?.key ?? filter.account
            }
            onChange={({ currentTarget }) => set({ account: currentTarget.value })}
            data={[
              { value: '', label: words.inbox.allAccounts },
              ...accounts.map(({ key, address }) => ({ value: key, label: `${key} · ${address}` })),
            ]}
          />
        )}
        <Group gap="md">
          <Checkbox
            size="xs"
            label={texts.attachment}
            checked={filter.attachment}
            onChange={({ currentTarget }) => set({ attachment: currentTarget.checked })}
          />
          <Checkbox
            size="xs"
            label={texts.unread}
            checked={filter.unread}
            onChange={({ currentTarget }) => set({ unread: currentTarget.checked })}
          />
        </Group>
        <Group justify="flex-end" gap="xs">
          <Button size="xs" variant="default" onClick={() => setFilter(NO_FILTER)}>
            {words.search.reset}
          </Button>
          <Button size="xs" type="submit">
            {words.search.search}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

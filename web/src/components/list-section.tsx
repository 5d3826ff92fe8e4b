import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { LoadingRows } from './loading-rows.tsx'
import { LongList } from './long-list.tsx'
import { ProblemNotice } from './problem-notice.tsx'
import { Section } from './section.tsx'

interface ListSectionProps<Item> {
  text: { title: string; sentence: string; add: string; empty: string; list: string }
  query: { error: unknown; isPending: boolean; refetch: () => unknown }
  /** Undefined until the list is read. */
  items: readonly Item[] | undefined
  rowHeight: number
  row: (item: Item) => ReactNode
  /** Dialog for a new item. */
  dialog: (close: () => void) => ReactNode
}

/** Section of a settings page: a list, and a button that adds to it. */
export function ListSection<Item extends { id: string }>(props: ListSectionProps<Item>) {
  const { text, query, items, rowHeight, row, dialog } = props
  const [adding, { open, close }] = useDisclosure(false)
  return (
    <Section
      title={text.title}
      actions={
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
          {text.add}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {text.sentence}
      </Text>
      {query.error != null && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <LoadingRows rows={1} height={rowHeight} />}
      {items?.length === 0 && <Text size="sm">{text.empty}</Text>}
      {items && items.length > 0 && (
        <LongList label={text.list} items={items} keyOf={({ id }) => id} rowHeight={rowHeight}>
          {row}
        </LongList>
      )}
      {adding && dialog(close)}
    </Section>
  )
}

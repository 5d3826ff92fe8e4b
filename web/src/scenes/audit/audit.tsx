import { Center, Text, TextInput } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'
import { useState } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import { Page } from '../../components/page.tsx'
import { words } from '../../words/index.ts'
import { AuditList, AuditState, OlderButton, useAuditLines } from './audit-list.tsx'

const PAGE = 100

/** Audit entries, newest first. */
export function Audit() {
  const { entries, lines } = useAuditLines({ limit: PAGE })
  const [filter, setFilter] = useState('')
  const { title, empty, noMatch, all, filter: filterLabel } = words.audit

  const wanted = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = lines?.filter(({ entry, sentence }) => {
    const text = `${sentence} ${entry.action} ${JSON.stringify(entry.detail)}`.toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
  return (
    <Page title={title}>
      <AuditState entries={entries} rows={6} />
      {lines?.length === 0 && <EmptyState title={empty.title} sentence={empty.sentence} />}
      {shown && lines!.length > 0 && (
        <>
          <TextInput
            type="search"
            aria-label={filterLabel}
            placeholder={filterLabel}
            leftSection={<IconFilter size={16} aria-hidden />}
            value={filter}
            onChange={({ currentTarget }) => setFilter(currentTarget.value)}
            maw={420}
          />
          {shown.length === 0 && <Text role="status">{noMatch}</Text>}
          <AuditList lines={shown} />
          <Center>
            {entries.hasNextPage ? (
              <OlderButton entries={entries} />
            ) : (
              <Text size="sm" c="dimmed">
                {all}
              </Text>
            )}
          </Center>
        </>
      )}
    </Page>
  )
}

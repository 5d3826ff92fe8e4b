import { Button, Center, Text } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { EmptyState } from '../../components/empty-state.tsx'
import { Page } from '../../components/page.tsx'
import { words } from '../../words/index.ts'
import { AuditFilters } from './audit-filters.tsx'
import { AuditList, AuditState, OlderButton, useAuditLines } from './audit-list.tsx'
import { toAuditQuery, type AuditSearch } from './audit-search.ts'
import { ExportMenu } from './export-menu.tsx'

const PAGE = 100

/** Audit entries, newest first, by the filters in the address. */
export function Audit() {
  const search = useSearch({ from: '/signed-in/audit' })
  const navigate = useNavigate({ from: '/audit' })
  const query = toAuditQuery(search)
  const { entries, lines } = useAuditLines({ ...query, limit: PAGE })
  const { title, empty, noMatch, noneYet, searchOlder, clear, all } = words.audit

  const setSearch = (next: AuditSearch) => void navigate({ search: next, replace: true })
  const isFiltered = Object.keys(search).length > 0
  const isEmpty = lines?.length === 0 && !entries.isFetching
  const isOver = isEmpty && !entries.hasNextPage
  return (
    <Page title={title} actions={<ExportMenu query={query} />}>
      <AuditFilters search={search} onChange={setSearch} />
      <AuditState entries={entries} rows={6} />
      {isOver && !isFiltered && <EmptyState title={empty.title} sentence={empty.sentence} />}
      {isOver && isFiltered && (
        <EmptyState title={noMatch.title} sentence={noMatch.sentence}>
          <Button variant="default" onClick={() => setSearch({})}>
            {clear}
          </Button>
        </EmptyState>
      )}
      {isEmpty && entries.hasNextPage && <Text role="status">{noneYet}</Text>}
      {lines && lines.length > 0 && <AuditList lines={lines} />}
      <Center>
        {entries.hasNextPage && (
          <OlderButton entries={entries} {...(search.q !== undefined && { label: searchOlder })} />
        )}
        {!entries.hasNextPage && lines && lines.length > 0 && (
          <Text size="sm" c="dimmed">
            {all}
          </Text>
        )}
      </Center>
    </Page>
  )
}

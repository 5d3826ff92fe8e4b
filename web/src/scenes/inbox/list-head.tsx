import { Group, NativeSelect, Stack, Title } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import type { EmailAccount } from '../../api/client.ts'
import { usePageTitle } from '../../components/page-title.ts'
import { words } from '../../words/index.ts'
import type { InboxSearch } from './inbox-search.ts'
import { NewMessage } from './new-message.tsx'
import classes from './rows.module.css'
import { useTags } from './tags/use-tags.ts'
import { VIEWS, type View } from './views.ts'
import { SaveViewButton } from './saved-views/save-view-button.tsx'
import { isShown, useSavedViews } from './saved-views/use-saved-views.ts'
import { SearchProblems } from './search/search-problems.tsx'
import { searchedView, type SearchProblem } from './use-conversations.ts'

interface ListHeadProps {
  search: InboxSearch
  accounts: readonly EmailAccount[]
  found: { count: number; more: boolean } | undefined
  problems: readonly SearchProblem[]
}

/** Current selection of the inbox, and controls to change it. */
export function ListHead({ search, accounts, found, problems }: ListHeadProps) {
  const navigate = useNavigate()
  const inbox = words.inbox
  const { q, account, tag } = search
  const { byId } = useTags()
  const view = searchedView(search)
  const shown = accounts.find(({ id }) => id === account)
  const address = shown?.address
  // The sidebar has one link per view and per mailbox; their combinations are chosen here.
  const isNarrowed = q !== undefined || account !== undefined || tag !== undefined
  const show = (change: Partial<InboxSearch>) =>
    void navigate({ to: '/inbox', search: { view: search.view, account, tag, q, ...change } })
  const shownTag = tag === undefined ? undefined : (byId.get(tag)?.name ?? words.tags.unknown)
  const nameOfView = view === 'open' ? inbox.title : inbox.views[view]
  const title = shownTag ?? (shown ? shown.name || shown.address : nameOfView)

  const saved = useSavedViews().find((one) => isShown(one, search))
  const heading = q === undefined ? title : (saved?.name ?? inbox.searchTitle)
  usePageTitle(heading)

  return (
    <Stack gap={6} p="xs" pt="sm">
      <Group justify="space-between" wrap="nowrap">
        <Title order={1} size="h4" dir="auto">
          {heading}
        </Title>
        <Group gap={4} wrap="nowrap">
          {q !== undefined && <SaveViewButton search={{ ...search, q }} />}
          {accounts.length > 0 && <NewMessage accounts={accounts} shown={account} />}
        </Group>
      </Group>
      {q !== undefined && (
        <div role="status">
          {found && inbox.found(found.count, found.more, q, inbox.viewsInSentence[view], address ?? inbox.allAccounts)}
        </div>
      )}
      <SearchProblems problems={problems} />
      {isNarrowed && (
        <Group gap={6} wrap="nowrap">
          <NativeSelect
            size="xs"
            flex={1}
            miw={0}
            aria-label={inbox.viewsLabel}
            value={view}
            onChange={({ currentTarget }) => show({ view: currentTarget.value as View })}
            data={VIEWS.map((each) => ({ value: each, label: inbox.views[each] }))}
          />
          {q !== undefined && accounts.length > 1 && (
            <NativeSelect
              size="xs"
              flex={1}
              miw={0}
              aria-label={inbox.account}
              value={account ?? ''}
              onChange={({ currentTarget }) => show({ account: currentTarget.value || undefined })}
              data={[
                { value: '', label: inbox.allAccounts },
                ...accounts.map(({ id, key, address: label }) => ({ value: id, label: `${key} · ${label}` })),
              ]}
            />
          )}
        </Group>
      )}
      {q !== undefined && (
        <Link
          to="/inbox"
          search={{ view: undefined, account, tag, q: undefined }}
          className={classes.view}
          activeOptions={{ exact: true, explicitUndefined: true }}
        >
          {inbox.leaveSearch}
        </Link>
      )}
    </Stack>
  )
}

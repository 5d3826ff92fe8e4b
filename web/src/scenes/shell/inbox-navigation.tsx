import {
  IconAlertOctagon,
  IconArchive,
  IconAt,
  IconBookmark,
  IconCalendarClock,
  IconClock,
  IconFilePencil,
  IconHourglass,
  IconInbox,
  IconMail,
  IconMessageQuestion,
  IconSend,
  IconTrash,
  IconUser,
  IconUserOff,
  type Icon,
} from '@tabler/icons-react'
import { useLocation, useSearch } from '@tanstack/react-router'
import { words } from '../../words/index.ts'
import { inboxSearch } from '../inbox/inbox-search.ts'
import { isShown, searchOf, useSavedViews } from '../inbox/saved-views/use-saved-views.ts'
import { useAccounts } from '../inbox/use-conversations.ts'
import { useCounts, type Counts } from '../inbox/use-counts.ts'
import { VIEWS, type OtherList, type View } from '../inbox/views.ts'
import { AccountNavigation } from './account-navigation.tsx'
import { SidebarGroup, SidebarLink } from './sidebar-link.tsx'
import { TagNavigation } from './tag-navigation.tsx'

const SIGNS: Readonly<Record<View | OtherList, Icon>> = {
  open: IconInbox,
  mine: IconUser,
  unassigned: IconUserOff,
  'needs-reply': IconMessageQuestion,
  mentions: IconAt,
  waiting: IconHourglass,
  snoozed: IconClock,
  closed: IconArchive,
  all: IconMail,
  drafts: IconFilePencil,
  scheduled: IconCalendarClock,
  sent: IconSend,
  spam: IconAlertOctagon,
  deleted: IconTrash,
}

const LISTS: readonly (View | OtherList)[] = VIEWS.flatMap((view) =>
  view === 'sent' ? ['drafts', 'scheduled', view] : view,
)

/** Views of the inbox across all mailboxes, and the mailboxes. */
export function InboxNavigation() {
  const { pathname } = useLocation()
  const search = inboxSearch(useSearch({ strict: false }))
  const { view = 'open', account, tag, q } = search
  const accounts = useAccounts()
  const savedViews = useSavedViews()
  const counts = useCounts()
  const isInbox = pathname === '/inbox' || pathname.startsWith('/inbox/')
  const isWhole = isInbox && account === undefined && tag === undefined && q === undefined
  return (
    <>
      <SidebarGroup>
        {LISTS.map((each) => (
          <SidebarLink
            key={each}
            to="/inbox"
            search={{ view: each === 'open' ? undefined : each, account: undefined, tag: undefined, q: undefined }}
            label={nameOf(each)}
            sign={SIGNS[each]}
            {...countOf(counts, each)}
            active={isWhole && view === each}
          />
        ))}
      </SidebarGroup>
      <AccountNavigation
        accounts={accounts}
        counts={counts}
        active={isInbox && tag === undefined && q === undefined ? account : undefined}
      />
      <TagNavigation active={isInbox && q === undefined ? tag : undefined} />
      {savedViews.length > 0 && (
        <SidebarGroup title={words.savedViews.title}>
          {savedViews.map((saved) => (
            <SidebarLink
              key={saved.id}
              to="/inbox"
              search={{ ...searchOf(saved), account: undefined, tag: undefined }}
              label={saved.name}
              title={saved.query}
              sign={IconBookmark}
              active={isInbox && isShown(saved, search)}
            />
          ))}
        </SidebarGroup>
      )}
    </>
  )
}

function nameOf(list: View | OtherList): string {
  if (list === 'drafts') return words.drafts.title
  if (list === 'scheduled') return words.inbox.scheduled.title
  return list === 'open' ? words.inbox.title : words.inbox.views[list]
}

/** Lists that only grow have no count. */
function countOf(counts: Counts | undefined, view: View | OtherList): { count?: number; most?: number } {
  if (!counts || view === 'closed' || view === 'all' || view === 'sent' || view === 'deleted') return {}
  return { count: counts.views[view], most: counts.most }
}

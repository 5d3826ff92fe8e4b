import { Box, Center, Text } from '@mantine/core'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { type CSSProperties, useMemo, useRef, useState, type ReactNode } from 'react'
import type { Conversation } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import { useLeave } from './after-action.ts'
import { Composer, useComposerInAdvance } from './composer/composer.tsx'
import { ConversationList } from './conversation-list.tsx'
import { ConversationPane } from './conversation-pane.tsx'
import classes from './inbox.module.css'
import type { OpenDialog } from './inbox-dialogs.tsx'
import { lazyForm } from './lazy-form.ts'
import { lazyPart, useDialogCode } from './lazy-part.tsx'
import { ListDivider, useListWidth } from './list-divider.tsx'
import { returnFocus } from '../../components/focus-return.ts'
import { searchedView } from './use-conversations.ts'
import { isOtherList } from './views.ts'

const inPlaceOfList = (problem?: ReactNode) => (
  <section className={classes.list}>{problem && <Box p="sm">{problem}</Box>}</section>
)
const DraftList = lazyPart(
  'draft list',
  async () => ({ Part: (await import('./drafts/draft-list.tsx')).DraftList }),
  inPlaceOfList,
)
const ScheduledList = lazyPart(
  'scheduled list',
  async () => ({ Part: (await import('./scheduled-list.tsx')).ScheduledList }),
  inPlaceOfList,
)
// After the first rows: dialogs that are closed draw nothing.
const inboxDialogs = lazyForm('inbox dialogs', () => import('./inbox-dialogs.tsx'))

/** List, conversation and details: as many side by side as fit. */
export function Inbox() {
  const { conversationId } = useParams({ strict: false })
  const { draft, ...search } = useSearch({ from: '/signed-in/inbox' })
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<OpenDialog>()
  const [width, setWidth] = useListWidth()
  const before = useRef<Element>(null)
  const leave = useLeave()
  const closeDialog = () => setDialog(undefined)
  const dialogs = useDialogCode(inboxDialogs, { opened: dialog !== undefined, onClose: closeDialog })
  useComposerInAdvance(conversationId !== undefined)
  // The same functions at each render: otherwise each click would draw all rows.
  const { assign, snooze, tag, move } = useMemo(() => {
    const opening = (kind: OpenDialog['kind']) => (conversation: Conversation) => {
      before.current = document.activeElement
      setDialog({ kind, conversation })
    }
    return { assign: opening('assign'), snooze: opening('snooze'), tag: opening('tag'), move: opening('move') }
  }, [])
  const { account, q } = search
  const shows = conversationId !== undefined ? 'conversation' : draft !== undefined ? 'draft' : 'nothing'

  return (
    <div className={classes.inbox} data-shows={shows} style={{ '--list-width': `${width}px` } as CSSProperties}>
      {isOtherList(search.view) && q === undefined ? (
        <>{search.view === 'drafts' ? <DraftList opened={draft} /> : <ScheduledList />}</>
      ) : (
        <ConversationList
          key={JSON.stringify([searchedView(search), account, search.tag, q])}
          search={search}
          selected={conversationId}
          onAssign={assign}
          onSnooze={snooze}
          onTag={tag}
          onMove={move}
        />
      )}
      <ListDivider width={width} onChange={setWidth} />
      {conversationId !== undefined ? (
        <ConversationPane
          key={conversationId}
          id={conversationId}
          draftId={draft}
          onAssign={assign}
          onSnooze={snooze}
          onTag={tag}
          onMove={move}
        />
      ) : (
        <section className={classes.middle} aria-label={words.inbox.conversation}>
          {draft === undefined ? (
            <Center flex={1} p="md">
              <Text c="dimmed">{words.inbox.chooseOne}</Text>
            </Center>
          ) : (
            <div className={classes.filled}>
              <Composer key={draft} draftId={draft} onClosed={() => navigate({ to: '/inbox' })} />
            </div>
          )}
        </section>
      )}
      {dialogs && (
        <dialogs.InboxDialogs
          dialog={dialog}
          onClose={closeDialog}
          onSnoozed={({ id }) => id === conversationId && leave()}
          onMoved={({ id }) => id === conversationId && leave()}
          onGone={() => returnFocus(before.current)}
        />
      )}
    </div>
  )
}

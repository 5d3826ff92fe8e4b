import { Center, Text } from '@mantine/core'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { type CSSProperties, lazy, Suspense, useRef, useState } from 'react'
import type { Conversation } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import { AssignDialog } from './assign-dialog.tsx'
import { Composer, useComposerInAdvance } from './composer/composer.tsx'
import { ConversationList } from './conversation-list.tsx'
import { ConversationPane } from './conversation-pane.tsx'
import classes from './inbox.module.css'
import { ListDivider, useListWidth } from './list-divider.tsx'
import { returnFocus } from './focus-return.ts'
import { SnoozeDialog } from './snooze-dialog.tsx'
import { searchedView } from './use-conversations.ts'

// After the first rows: a dialog that is closed draws nothing.
const TagDialog = lazy(async () => ({ default: (await import('./tags/tag-dialog.tsx')).TagDialog }))

/** List, conversation and details: as many side by side as fit. */
export function Inbox() {
  const { conversationId } = useParams({ strict: false })
  const { draft, ...search } = useSearch({ from: '/signed-in/inbox' })
  const navigate = useNavigate()
  const [assigning, setAssigning] = useState<Conversation>()
  const [snoozing, setSnoozing] = useState<Conversation>()
  const [width, setWidth] = useListWidth()
  const [tagging, setTagging] = useState<Conversation>()
  const before = useRef<Element>(null)
  useComposerInAdvance()
  const opening = (open: (conversation: Conversation) => void) => (conversation: Conversation) => {
    before.current = document.activeElement
    open(conversation)
  }
  const assign = opening(setAssigning)
  const snooze = opening(setSnoozing)
  const tag = opening(setTagging)
  const { account, q } = search
  const shows = conversationId !== undefined ? 'conversation' : draft !== undefined ? 'draft' : 'nothing'

  return (
    <div className={classes.inbox} data-shows={shows} style={{ '--list-width': `${width}px` } as CSSProperties}>
      <ConversationList
        key={JSON.stringify([searchedView(search), account, search.tag, q])}
        search={search}
        draftId={draft}
        selected={conversationId}
        onAssign={assign}
        onSnooze={snooze}
        onTag={tag}
      />
      <ListDivider width={width} onChange={setWidth} />
      {conversationId !== undefined ? (
        <ConversationPane
          key={conversationId}
          id={conversationId}
          draftId={draft}
          onAssign={assign}
          onSnooze={snooze}
          onTag={tag}
        />
      ) : (
        <section className={classes.middle} aria-label={words.inbox.conversation}>
          {draft === undefined ? (
            <Center flex={1} p="md">
              <Text c="dimmed">{words.inbox.chooseOne}</Text>
            </Center>
          ) : (
            <div className={classes.filled}>
              <Composer key={draft} draftId={draft} onClosed={() => void navigate({ to: '/inbox' })} />
            </div>
          )}
        </section>
      )}
      <AssignDialog
        conversation={assigning}
        onClose={() => setAssigning(undefined)}
        onGone={() => returnFocus(before.current)}
      />
      <SnoozeDialog
        conversation={snoozing}
        onClose={() => setSnoozing(undefined)}
        onGone={() => returnFocus(before.current)}
      />
      <Suspense>
        <TagDialog
          conversation={tagging}
          onClose={() => setTagging(undefined)}
          onGone={() => returnFocus(before.current)}
        />
      </Suspense>
    </div>
  )
}

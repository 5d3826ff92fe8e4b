import { Alert, Box, Button, Drawer } from '@mantine/core'
import { useDisclosure, useDocumentVisibility, useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import {
  useCallback,
  useDeferredValue,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react'
import type { Conversation, Message } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { conversationQuery } from '../../api/conversation.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { useStable } from '../../components/use-stable.ts'
import { awaitField } from '../../keyboard/awaited-field.ts'
import { useCommand } from '../../keyboard/actions.ts'
import { useMe } from '../../session/session.ts'
import { usePageTitle } from '../../components/page-title.ts'
import { words } from '../../words/index.ts'
import { AnswerDock } from './answer-dock.tsx'
import { Composer } from './composer/composer.tsx'
import { useStartDraft } from './composer/start-draft.ts'
import { ConversationHead } from './conversation-head.tsx'
import classes from './conversation.module.css'
import { useLeave } from './after-action.ts'
import { Details } from './details.tsx'
import { useDetailsShown } from './details-shown.ts'
import { DraftNotices } from './draft-notices.tsx'
import inboxClasses from './inbox.module.css'
import { READING_PLACE, returnFocus, useFocusAfterRemoval } from '../../components/focus-return.ts'
import { lazyForm } from './lazy-form.ts'
import { lazyPart, useDialogCode } from './lazy-part.tsx'
import { listName } from './display-names.ts'
import { isMisleadingSender } from './message-headers.tsx'
import { NoteDock } from './note-dock.tsx'
import { nameOfProgram } from './program-names.ts'
import { ConversationEntries } from './conversation-entries.tsx'
import { answeredBy, beginsAt, listEntries, type ConversationView } from './entries.ts'
import { useEver } from './use-ever.ts'
import { useEarlierMessages } from './use-earlier-messages.ts'
import { useAccounts } from './use-conversations.ts'
import { usePresence } from './use-presence.ts'
import { useReadingPlace, useSteadyBottom } from './use-reading-place.ts'
import { useTyping } from './use-typing.ts'
import { usePlaceCommands, useSetPlace, type Place } from './use-place.ts'
import { toggledClosed, toggledWaiting, useSetStatus, type WantedStatus } from './use-status.ts'
import { useMarkSeen, useMarkUnread } from './use-work.ts'

// With the conversation, after the first rows of the list.
const mergeDialog = lazyForm('merge dialog', () => import('./marks/merge-dialog.tsx'))
const splitDialog = lazyForm('split dialog', () => import('./marks/split-dialog.tsx'))

const legalHoldDialog = lazyForm('legal hold dialog', () => import('./legal-hold/legal-hold-dialog.tsx'))
const LegalHoldNotice = lazyPart('legal hold notice', async () => ({
  Part: (await import('./legal-hold/legal-hold-notice.tsx')).LegalHoldNotice,
}))

/** Shortest visit that counts as read: rows passed by keyboard don't. */
const LOOKED_AT_MS = 1200

interface ConversationPaneProps {
  id: string
  draftId: string | undefined
  onAssign: (conversation: Conversation) => void
  onSnooze: (conversation: Conversation) => void
  onTag: (conversation: Conversation) => void
  onMove: (conversation: Conversation) => void
}

/** Expanded entries and the start of reading are determined once, without data cached from an earlier visit. */
export function ConversationPane({ id, draftId, ...dialogs }: ConversationPaneProps) {
  const query = useQuery(conversationQuery(id))
  const { data, error, isFetching, isFetchedAfterMount, refetch } = query
  const [begun, setBegun] = useState(false)
  const isReady = begun || (data !== undefined && (!isFetching || isFetchedAfterMount))
  if (isReady && !begun) setBegun(true)
  const problem = error && <ProblemNotice error={error} onRetry={() => void refetch()} />
  // Moved to a mailbox without access for the user: what is cached is no longer theirs to read.
  const isGone = error !== null && toProblem(error).status === 404
  if (isReady && data) return <Opened view={data} gone={isGone && problem} draftId={draftId} {...dialogs} />
  return (
    <section className={inboxClasses.middle} aria-label={words.inbox.conversation}>
      <Box p="md">{problem ?? <LoadingRows rows={4} />}</Box>
    </section>
  )
}

interface OpenedProps extends Omit<ConversationPaneProps, 'id'> {
  view: ConversationView
  /** Shown instead of the conversation; what the user is writing stays. */
  gone: ReactNode
}

function Opened(props: OpenedProps) {
  const { gone, draftId, onAssign, onSnooze, onTag, onMove } = props
  const isGone = Boolean(gone)
  const earlier = useEarlierMessages(props.view)
  const view = earlier.whole
  const { conversation, names } = view
  const { id, emailAccountId, assigneeId, subject } = conversation
  const me = useMe()
  const navigate = useNavigate()
  const personName = useCallback(
    (person: string) => nameOfProgram(person) ?? names[person] ?? words.inbox.formerMember,
    [names],
  )
  const accounts = useAccounts()
  const account = accounts.find((each) => each.id === emailAccountId)
  const entries = useMemo(() => listEntries(view), [view])
  const scroller = useRef<HTMLDivElement>(null)
  const isWide = useMediaQuery('(min-width: 75em)', true, { getInitialValueInEffect: false })
  const [noteOpen, note] = useDisclosure(false)
  const [shownDraft, setShownDraft] = useState(draftId)
  if (draftId !== shownDraft) {
    setShownDraft(draftId)
    // Behind a note, the composer could not take the focus. The text of the note stays in this window.
    if (draftId !== undefined) note.close()
  }
  const [mergeOpen, merge] = useDisclosure(false)
  const [splitAt, setSplitAt] = useState<Message>()
  const [holdOpen, hold] = useDisclosure(false)
  const hasHold = useEver(holdOpen)
  const hasMerge = useEver(mergeOpen)
  const hasSplit = useEver(splitAt !== undefined)
  const closeSplit = () => setSplitAt(undefined)
  // The dialog may have to be loaded: letters typed until then are a search.
  useLayoutEffect(() => (mergeOpen ? awaitField() : undefined), [mergeOpen])
  const merging = useDialogCode(mergeDialog, { opened: mergeOpen, onClose: merge.close, enabled: hasMerge })
  const splitting = useDialogCode(splitDialog, {
    ...{ opened: splitAt !== undefined, onClose: closeSplit, enabled: hasSplit },
  })
  const holding = useDialogCode(legalHoldDialog, { opened: holdOpen, onClose: hold.close, enabled: hasHold })
  const [detailsOpen, details] = useDisclosure(false)
  const [detailsShown, setDetailsShown] = useDetailsShown()
  const toggleDetails = useStable(() => (isWide ? setDetailsShown(!detailsShown) : details.toggle()))
  const setStatus = useSetStatus()
  const setPlace = useSetPlace()
  const { startAnswer } = useStartDraft()
  usePageTitle(isGone ? words.inbox.conversation : subject || words.inbox.noSubject)
  useReadingPlace(scroller, beginsAt(entries))
  useSteadyBottom(scroller)
  useSeen(conversation, !isGone)

  const [isTyping, noteTyping] = useTyping()
  const viewers = usePresence(isGone ? undefined : id, draftId !== undefined && isTyping ? 'writing' : 'viewing')

  const answered = isGone ? undefined : answeredBy(view)
  const unlessGone = <Act,>(act: Act): Act | undefined => (isGone ? undefined : act)
  const leave = useLeave()
  const markUnread = useMarkUnread()
  // Parts of the page that are given the same functions are not drawn again for each viewer, text and click.
  const setTo = useStable((wanted: WantedStatus) =>
    setStatus.mutate({ conversation, wanted }, { onSuccess: ({ data }) => data.status !== 'open' && leave() }),
  )
  const { place } = conversation
  const putInto = useStable((wanted: Place) =>
    setPlace.mutate(
      { conversation, wanted },
      // The pressed button is disabled meanwhile, and so loses the focus.
      { onSuccess: ({ data }) => data.place !== 'inbox' && leave(), onError: () => returnFocus(null) },
    ),
  )
  useFocusAfterRemoval(place)
  useFocusAfterRemoval(detailsShown)
  usePlaceCommands(unlessGone((toggled) => putInto(toggled(place))))
  const assign = useStable(() => onAssign(conversation))
  const snooze = useStable(() => onSnooze(conversation))
  const answer = useStable(startAnswer)
  useCommand('reply', answered === undefined ? undefined : () => startAnswer(answered, 'reply'))
  useCommand('replyAll', answered === undefined ? undefined : () => startAnswer(answered, 'reply-all'))
  useCommand('forward', answered === undefined ? undefined : () => startAnswer(answered, 'forward'))
  const isInInbox = !isGone && place === 'inbox'
  useCommand('close', isInInbox ? () => setTo(toggledClosed(conversation)) : undefined)
  useCommand('wait', isInInbox ? () => setTo(toggledWaiting(conversation)) : undefined)
  useCommand(
    'markUnread',
    unlessGone(() =>
      markUnread.mutate({ id, wanted: undefined }, { onSuccess: () => void navigate({ to: '/inbox' }) }),
    ),
  )
  useCommand('snooze', isInInbox ? snooze : undefined)
  useCommand('assign', unlessGone(assign))
  const tag = useStable(() => onTag(conversation))
  useCommand('tag', unlessGone(tag))
  useCommand('merge', unlessGone(merge.open))
  const move = useStable(() => onMove(conversation))
  const canMove = !isGone && accounts.length > 1 && conversation.mergedInto === undefined
  useCommand('move', canMove ? move : undefined)
  useCommand('note', unlessGone(note.open))
  useCommand('details', unlessGone(toggleDetails))

  const newest = view.messages.findLast(({ direction }) => direction === 'in')
  const writesTo = newest?.from
    ? { ...newest.from, isMisleading: isMisleadingSender(newest) }
    : view.messages.at(-1)?.to[0]
  const composer =
    draftId === undefined ? undefined : (
      <Composer
        key={draftId}
        draftId={draftId}
        answered={{ lastAnswerId: view.lastAnswerId, personName, participants: conversation.participants }}
        isConversationGone={isGone}
        onInput={noteTyping}
        onClosed={() => navigate({ to: '/inbox/$conversationId', params: { conversationId: id } })}
      />
    )
  // Drawn after the messages.
  const hasDetails = useDeferredValue(true, false)
  const facts = hasDetails && (
    <Details view={view} account={account} personName={personName} onAssign={assign} onTag={tag} />
  )
  return (
    <>
      <section className={inboxClasses.middle} aria-label={words.inbox.conversation}>
        {!isGone && (
          <ConversationHead
            conversation={conversation}
            assignee={assigneeId === undefined ? undefined : personName(assigneeId)}
            viewers={viewers}
            personName={personName}
            busy={setStatus.isPending || setPlace.isPending}
            onStatus={setTo}
            onPlace={putInto}
            onSnooze={snooze}
            onAssign={assign}
            onTag={tag}
            onMerge={merge.open}
            onMove={canMove ? move : undefined}
            onLegalHold={me.role === 'admin' && conversation.mergedInto === undefined ? hold.open : undefined}
            showsDetails={isWide ? detailsShown : undefined}
            onDetails={toggleDetails}
          />
        )}
        <div
          ref={scroller}
          className={inboxClasses.scroller}
          {...READING_PLACE}
          tabIndex={0}
          role="group"
          aria-label={words.inbox.entries}
        >
          <div className={classes.entries}>
            {gone || (
              <>
                {conversation.mergedInto !== undefined && <MergedNotice into={conversation.mergedInto} />}
                {conversation.legalHold && <LegalHoldNotice legalHold={conversation.legalHold} nameOf={personName} />}
                {place !== 'inbox' && (
                  <Alert color="gray">
                    {words.inbox.placeNotice[place]}{' '}
                    <Button
                      size="compact-sm"
                      variant="default"
                      loading={setPlace.isPending}
                      onClick={() => putInto('inbox')}
                    >
                      {place === 'spam' ? words.inbox.notSpam : words.inbox.restore}
                    </Button>
                  </Alert>
                )}
                <EarlierMessages {...earlier} />
                <ConversationEntries
                  view={view}
                  entries={entries}
                  personName={personName}
                  onAnswer={answer}
                  onSplit={setSplitAt}
                />
                <DraftNotices drafts={view.drafts} opened={draftId} me={me.id} nameOf={personName} />
              </>
            )}
          </div>
        </div>
        {(!isGone || composer !== undefined || noteOpen) && (
          <AnswerDock
            replyTo={answered === undefined ? undefined : writesTo ? listName(writesTo) : words.inbox.unknownSender}
            composer={composer}
            note={
              noteOpen ? (
                <NoteDock conversationId={id} emailAccountId={emailAccountId} onClose={note.close} />
              ) : undefined
            }
            onReply={() => answered !== undefined && startAnswer(answered, 'reply')}
            onNote={note.open}
            onCloseNote={note.close}
          />
        )}
      </section>
      {!isGone && hasMerge && merging && (
        <merging.MergeDialog conversation={conversation} opened={mergeOpen} onClose={merge.close} />
      )}
      {!isGone && hasHold && holding && (
        <holding.LegalHoldDialog conversation={conversation} opened={holdOpen} onClose={hold.close} />
      )}
      {!isGone && hasSplit && splitting && (
        <splitting.SplitDialog message={splitAt} messages={view.messages} onClose={closeSplit} />
      )}
      {!isGone && isWide && detailsShown && (
        <aside className={inboxClasses.details} aria-label={words.inbox.details}>
          {facts}
        </aside>
      )}
      {!isGone && !isWide && (
        <Drawer
          opened={detailsOpen}
          onClose={details.close}
          position="right"
          size="sm"
          title={words.inbox.details}
          closeButtonProps={{ 'aria-label': words.close }}
        >
          {facts}
        </Drawer>
      )}
    </>
  )
}

/** Loads earlier messages. The button or the notice is removed once they are shown; the focus moves to the conversation. */
function EarlierMessages({ error, more, isFetching, readOn }: Omit<ReturnType<typeof useEarlierMessages>, 'whole'>) {
  const isAsked = useRef(false)
  useLayoutEffect(() => {
    if (!isAsked.current || isFetching) return
    isAsked.current = false
    queueMicrotask(() => returnFocus(null))
  }, [isFetching, error, more])
  const read = () => {
    isAsked.current = true
    void readOn()
  }
  return (
    <>
      {error && <ProblemNotice error={error} onRetry={read} />}
      {more && (
        <Button variant="default" loading={isFetching} onClick={read}>
          {words.inbox.earlierMessages}
        </Button>
      )}
    </>
  )
}

function useSeen({ id, unread }: Conversation, isShown: boolean): void {
  const { mutate } = useMarkSeen()
  const visibility = useDocumentVisibility()
  useEffect(() => {
    if (!unread || !isShown || visibility !== 'visible') return
    const timer = setTimeout(() => mutate({ id, wanted: undefined }), LOOKED_AT_MS)
    return () => clearTimeout(timer)
  }, [id, unread, isShown, visibility, mutate])
}

/** Redirects an old link. */
function MergedNotice({ into }: { into: string }) {
  const { merge } = words.marks
  return (
    <Alert color="gray" title={merge.merged}>
      <ButtonLink size="compact-sm" variant="default" to="/inbox/$conversationId" params={{ conversationId: into }}>
        {merge.toIt}
      </ButtonLink>
    </Alert>
  )
}

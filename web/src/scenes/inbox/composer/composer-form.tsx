import { CloseButton, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import type { Draft } from '../../../api/client.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { awaitField, endAwaiting } from '../../../keyboard/awaited-field.ts'
import { words } from '../../../words/index.ts'
import { useFocusReturn } from '../../../components/focus-return.ts'
import { useAccounts } from '../use-conversations.ts'
import { AttachButton } from './attach-button.tsx'
import { AttachmentsField } from './attachments-field.tsx'
import type { DraftKeeper } from './draft-keeper.ts'
import { findObstacles, type Obstacles } from './send-obstacles.ts'
import classes from './composer.module.css'
import { ComposerMenu } from './composer-menu.tsx'
import { FromField } from './from-field.tsx'
import { SignatureField } from './identity-fields.tsx'
import { DraftNotice, KeepingState } from './draft-notice.tsx'
import { QuotationField } from './quotation-field.tsx'
import { RecipientsRows } from './recipients-rows.tsx'
import { SecondAnswerDialog } from './second-answer-dialog.tsx'
import { SendMenu, type SendWish } from './send-menu.tsx'
import { SendProblem } from './send-problem.tsx'
import { sizeText } from './sizes.ts'
import { LargerFiles } from './larger-files.tsx'
import { OwnText, type OwnTextHandle } from './own-text.tsx'
import { useCannedResponse } from './use-canned-response.ts'
import { useComposer } from './use-composer.ts'
import { useFileDrop } from './use-file-drop.ts'
import type { AnsweredConversation } from './use-second-answer.ts'
import { useSend } from './use-send.ts'

export interface ComposerFormProps {
  draft: Draft
  onClosed: () => Promise<void> | void
  /** Conversation of the draft, as it is shown now. */
  answered?: AnsweredConversation
  /** The user lost access to the conversation, and so to its draft. */
  isConversationGone?: boolean
  /** Called on input. */
  onInput?: () => void
}

export function ComposerForm({ draft, onClosed, answered, isConversationGone = false, onInput }: ComposerFormProps) {
  const { emailAccountId, conversationId } = draft
  const titleId = useId()
  const limitId = useId()
  const accounts = useAccounts()
  const composing = useComposer(draft)
  const { writing, keeping, entries, limits, keeper, list, edit, attach, insertImages, take, moveTo } = composing
  const insertCanned = useCannedResponse(draft.id, composing)
  const [tried, setTried] = useState(false)
  const [askingSubject, subjectDialog] = useDisclosure(false)
  const text = useRef<OwnTextHandle>(null)
  const to = useRef<HTMLInputElement>(null)
  const around = useRef<HTMLElement>(null)
  const { close, left } = useClose(keeper, onClosed)
  const { send, choose, isSending, error, fate, second } = useSend(draft, keeper, {
    ...{ onSent: () => void left(), answered },
    beforeSending: () => list.removeUnused(keeper.now().writing.own),
  })
  const { dropping, ...dropZone } = useFileDrop(attach)
  const obstacles: Obstacles = tried ? findObstacles(writing, entries, limits) : {}
  // The notice that it was sent already explains why the draft is gone, and offers the same action.
  const isSentNoticeShown = keeping.state === 'gone' && (fate === 'sent-before' || fate === 'sent-elsewhere')
  const isAnswer = conversationId !== undefined
  const title = isAnswer ? words.inbox.answers[writing.answerKind ?? 'reply'] : words.composer.newMessage

  useLayoutEffect(awaitField, [])
  useEffect(() => {
    const isAddressed = keeper.now().writing.to.length > 0
    // The cursor is at the top: the quotation follows below.
    if (isAddressed) text.current?.focusStart()
    else to.current?.focus({ preventScroll: true })
    // Waits until the thread above has its height.
    const frame = requestAnimationFrame(() => around.current?.scrollIntoView({ block: 'nearest' }))
    return () => cancelAnimationFrame(frame)
  }, [keeper])

  useEffect(() => {
    if (isConversationGone) keeper.lose()
    else keeper.regain()
  }, [keeper, isConversationGone])

  const trySending = (way: SendWish) => {
    choose(way)
    // The current state: leaving a field by keyboard may have added a recipient a moment ago.
    const { writing: current } = keeper.now()
    setTried(true)
    if (Object.keys(findObstacles(current, list.now(), limits)).length > 0) return
    if (current.subject.trim() === '') subjectDialog.open()
    else send()
  }
  const press = (event: KeyboardEvent) => {
    // The menu of Send and its dialog are portals: their keys arrive here, but mean something else.
    if (event.defaultPrevented || !event.currentTarget.contains(event.target as Node)) return
    if (event.key === 'Escape') void close()
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    trySending(event.shiftKey && isAnswer ? { thenStatus: 'closed' } : {})
  }
  const account = accounts.find(({ id }) => id === emailAccountId)
  const { noSubject, ...say } = words.composer

  return (
    <>
      <Paper
        ref={around}
        component="section"
        withBorder
        p="sm"
        className={classes.composer}
        aria-labelledby={titleId}
        onKeyDown={press}
        onFocus={endAwaiting}
        onInput={onInput}
        onBlur={() => void keeper.flush()}
        {...dropZone}
      >
        {dropping && (
          <div className={classes.dropping}>
            <Text fw={600}>{say.attachments.dropHere}</Text>
          </div>
        )}
        <Stack gap={6}>
          <Group justify="space-between" wrap="nowrap">
            <Title order={3} size="h5" id={titleId}>
              {title}
            </Title>
            <CloseButton aria-label={say.close} title={say.close} onClick={() => void close()} />
          </Group>
          <FromField
            accounts={accounts}
            accountId={emailAccountId}
            writing={writing}
            onEdit={edit}
            waitsFor={entries.length > 0 ? say.fromWithAttachments : undefined}
            {...(!isAnswer && { onChange: moveTo })}
          />
          <RecipientsRows
            writing={writing}
            onEdit={edit}
            obstacles={obstacles}
            participants={answered?.participants ?? []}
            toRef={to}
          />
          <TextInput
            label={say.subject}
            classNames={{ root: classes.row! }}
            value={writing.subject}
            maxLength={1000}
            error={obstacles.subject}
            onChange={({ currentTarget }) => edit({ subject: currentTarget.value.replaceAll(/\p{Cc}+/gu, ' ') })}
            dir="auto"
          />
          <OwnText
            ref={text}
            draftId={draft.id}
            writing={writing}
            list={list}
            error={obstacles.text}
            onEdit={edit}
            onFiles={attach}
            onImages={insertImages}
            onCanned={insertCanned}
          />
          <SignatureField accountId={emailAccountId} writing={writing} onEdit={edit} />
          <QuotationField writing={writing} onEdit={edit} />
          <AttachmentsField entries={entries} list={list} error={obstacles.attachments} />
          {limits && account && <LargerFiles limits={limits} account={account} entries={entries} />}
          {!isSentNoticeShown && (
            <DraftNotice
              keeping={keeping}
              onRetry={() => void keeper.flush()}
              onTake={take}
              onKeepAsNew={() => moveTo(emailAccountId)}
            />
          )}
          {fate && <SendProblem error={error} fate={fate} onRetry={send} onKeepAsNew={() => moveTo(emailAccountId)} />}
          <Group gap="sm">
            <SendMenu isAnswer={isAnswer} busy={isSending} onSend={trySending} />
            <AttachButton limitId={limitId} onFiles={attach} />
            <ComposerMenu draft={draft} keeper={keeper} onDiscarded={left} />
          </Group>
          {/* A line of its own: a state that appears beside the buttons would move them below the pointer. */}
          <Group gap="sm" justify="space-between" wrap="nowrap" mih="1.25rem">
            <Text id={limitId} size="xs" c="dimmed">
              {limits && say.attachments.limit(sizeText(limits.attachmentBytes), account?.kind ?? 'user')}
            </Text>
            <KeepingState keeping={keeping} />
          </Group>
        </Stack>
      </Paper>
      <SecondAnswerDialog
        other={second.other}
        onClose={second.forget}
        onConfirm={() => {
          second.forget()
          send()
        }}
      />
      <ConfirmDialog
        opened={askingSubject}
        onClose={subjectDialog.close}
        title={noSubject.title}
        sentence={noSubject.sentence}
        confirm={noSubject.confirm}
        onConfirm={() => {
          subjectDialog.close()
          send()
        }}
      />
    </>
  )
}

/** Closes the composer once the draft is saved. While it can't be saved, the composer stays open and shows the reason. */
function useClose(keeper: DraftKeeper, onClosed: ComposerFormProps['onClosed']) {
  useFocusReturn()
  const close = async () => {
    await keeper.flush()
    const { state } = keeper.now().keeping
    if (state === 'begun' || state === 'saved' || state === 'gone') await onClosed()
  }
  return { close, left: onClosed }
}

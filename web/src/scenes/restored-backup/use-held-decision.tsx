import { showNotice } from '../../components/show-notice.ts'
import { useCallback, useRef, useState } from 'react'
import { postRestoredBackupDecideMutation } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import type { ConfirmDialogProps } from '../../components/confirm-dialog.tsx'
import { words } from '../../words/index.ts'
import { decisionConsequence, type HeldQuestion } from './held-question.ts'
import { OnRemoval } from './on-removal.tsx'

/** Summary of the page, which takes the focus when no message is left. */
export const SUMMARY_ID = 'restored-backup-summary'

/** Up to this number, the decision takes only a moment. */
const QUICK = 20
const text = words.restoredBackup

export interface HeldDecision {
  ask: (question: HeldQuestion) => void
  dialog: ConfirmDialogProps
  /** Moves the focus to the next message. Call it when the buttons are removed, see `OnRemoval`. */
  moveFocus: () => void
}

/**
 * Confirms sending or discarding held messages: neither can be undone.
 *
 * @param nextFocus  button that takes the focus afterwards, determined before the list changes
 */
export function useHeldDecision(nextFocus?: () => HTMLElement | null | undefined): HeldDecision {
  const [asked, setAsked] = useState<HeldQuestion>()
  const [opened, setOpened] = useState(false)
  const next = useRef<{ button: HTMLElement | null | undefined; removed: Set<'buttons' | 'dialog'> }>(undefined)
  const refresh = useRefresh('restored-backup', 'incidents', 'submissions', 'conversations', 'email-accounts')
  // The button that opened the dialog and the dialog are removed in any order. The last of them leaves the focus to the body.
  const remove = useCallback((part: 'buttons' | 'dialog') => {
    if (!next.current) return
    const { button, removed } = next.current
    removed.add(part)
    // A later removal belongs to the decision of another admin.
    if (removed.size === 2) next.current = undefined
    const { activeElement, body } = document
    if (activeElement !== null && activeElement !== body) return
    ;(button?.isConnected ? button : document.getElementById(SUMMARY_ID))?.focus()
  }, [])
  const moveFocus = useCallback(() => remove('buttons'), [remove])
  const leaveDialog = useCallback(() => remove('dialog'), [remove])
  const decide = useOnce({
    ...postRestoredBackupDecideMutation(),
    onSuccess: async ({ decided }, { body }) => {
      showNotice({ message: body.decision === 'send' ? text.sent(decided) : text.discarded(decided) })
      setOpened(false)
      await refresh()
    },
  })
  const { decision = 'send', messages = [], count = 0 } = asked ?? {}
  const subject = asked?.subject
  const isDiscard = decision === 'discard'
  const isAll = messages === 'all'
  const { ask: texts } = text
  const title = isDiscard ? texts.discardTitle(count) : isAll ? texts.releaseTitle(count) : texts.sendTitle(count)
  const sentence = asked ? decisionConsequence(asked) : ''
  return {
    moveFocus,
    ask: (question) => {
      next.current = undefined
      setAsked(question)
      setOpened(true)
    },
    dialog: {
      opened,
      onClose: () => {
        next.current = undefined
        setOpened(false)
      },
      title: subject === undefined ? title : texts.ofOne(decision, subject),
      sentence: decide.isPending && count > QUICK ? `${sentence} ${texts.working}` : sentence,
      confirm: isDiscard ? text.discard : isAll ? text.release : text.send,
      destructive: isDiscard,
      busy: decide.isPending,
      error: decide.error,
      onConfirm: () => {
        next.current = { button: nextFocus?.(), removed: new Set() }
        decide.mutate({ body: { decision, messages } })
      },
      children: <OnRemoval call={leaveDialog} />,
    },
  }
}

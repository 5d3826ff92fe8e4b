import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { postRestoredBackupDecideMutation } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import type { ConfirmDialogProps } from '../../components/confirm-dialog.tsx'
import { words } from '../../words/index.ts'

interface Question {
  decision: 'send' | 'discard'
  messages: 'all' | 'not-found' | string[]
  count: number
}

const text = words.restoredBackup

/** Asks before held messages are sent or discarded: neither can be undone. */
export function useHeldDecision(): { ask: (question: Question) => void; dialog: ConfirmDialogProps } {
  const [asked, setAsked] = useState<Question>()
  const [opened, setOpened] = useState(false)
  const refresh = useRefresh('restored-backup', 'incidents', 'submissions', 'conversations', 'email-accounts')
  const decide = useOnce({
    ...postRestoredBackupDecideMutation(),
    onSuccess: async ({ decided }, { body }) => {
      notifications.show({ message: body.decision === 'send' ? text.sent(decided) : text.discarded(decided) })
      setOpened(false)
      await refresh()
    },
  })
  const { decision = 'send', messages = [], count = 0 } = asked ?? {}
  const isDiscard = decision === 'discard'
  const isAll = messages === 'all'
  const { ask: words_ } = text
  return {
    ask: (question) => {
      setAsked(question)
      setOpened(true)
    },
    dialog: {
      opened,
      onClose: () => setOpened(false),
      title: isDiscard ? words_.discardTitle(count) : isAll ? words_.releaseTitle(count) : words_.sendTitle(count),
      sentence: isDiscard ? words_.discardSentence : isAll ? words_.releaseSentence : words_.sendSentence,
      confirm: isDiscard ? text.discard : isAll ? text.releaseAll : text.send,
      destructive: isDiscard,
      busy: decide.isPending,
      error: decide.error,
      onConfirm: () => decide.mutate({ body: { decision, messages } }),
    },
  }
}

import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { BulkAction, EmailAccount } from '../../../api/client.ts'
import { refetchConversationLists } from '../../../api/conversation-lists.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { words } from '../../../words/index.ts'
import { announceChange } from '../change-notice.tsx'
import { useAccounts } from '../use-conversations.ts'
import { showFailure } from '../use-status.ts'
import { runBulk, undoBulk, type BulkOptions, type BulkOutcome, type Target } from './bulk-run.ts'

/** Time after which progress is shown. */
const PATIENCE_MS = 1_000
const PROGRESS = 'bulk-progress'
/** Lines for the reasons of conversations that stay as they are. */
const MOST_LINES = 10

/** Applies an action to many conversations, also while the user goes on to another page. */
export function useBulk() {
  const queryClient = useQueryClient()
  const refresh = useRefresh('conversations', 'events')
  const accounts = useAccounts()
  const [isBusy, setIsBusy] = useState(false)

  async function watched(work: (options: BulkOptions) => Promise<void>): Promise<void> {
    const stop = new AbortController()
    let changed = 0
    let isShown = false
    const show = () => {
      const progress = { id: PROGRESS, autoClose: false, withCloseButton: false } as const
      const message = <Progress changed={changed} onStop={() => stop.abort()} />
      if (isShown) notifications.update({ ...progress, message })
      else notifications.show({ ...progress, message })
      isShown = true
    }
    const timer = setTimeout(show, PATIENCE_MS)
    setIsBusy(true)
    try {
      const onProgress = (count: number) => {
        changed = count
        if (isShown) show()
      }
      await work({ signal: stop.signal, onProgress })
    } catch (error) {
      showFailure(error)
    } finally {
      clearTimeout(timer)
      notifications.hide(PROGRESS)
      setIsBusy(false)
      void refetchConversationLists(queryClient)
      void refresh()
    }
  }

  async function run(target: Target, action: BulkAction, earlier?: BulkOutcome): Promise<BulkOutcome | undefined> {
    let outcome: BulkOutcome | undefined
    await watched(async (options) => {
      const done = await runBulk(target, action, options)
      outcome = { ...done, undo: [...(earlier?.undo ?? []), ...done.undo] }
      announce(outcome, action)
    })
    return outcome
  }

  function announce(outcome: BulkOutcome, action: BulkAction): void {
    const { changed, refused, undo } = outcome
    const sentences = [
      ...(changed > 0 || refused.length === 0 ? [sentenceOf(action, outcome, accounts)] : []),
      ...sentencesOf(refused),
    ]
    const text = sentences.join(' ')
    const start = () => void watched((options) => takeBack(undo, options))
    if (undo.length > 0) announceChange('bulk', text, start, MOST_LINES)
    else inform(text)
  }

  async function takeBack(undo: BulkOutcome['undo'], options: BulkOptions): Promise<void> {
    const refused = await undoBulk(undo, options)
    if (refused.length > 0) inform(sentencesOf(refused).join(' '))
  }

  return { run, isBusy }
}

function inform(message: string): void {
  notifications.show({ message, closeButtonProps: { 'aria-label': words.close } })
}

function sentencesOf(refused: BulkOutcome['refused']): string[] {
  const reasons = [...Map.groupBy(refused, ({ reason }) => reason.title)]
  return reasons.map(([reason, some]) => words.bulk.refused(some.length, reason))
}

function sentenceOf(
  action: BulkAction,
  { changed, unchanged }: BulkOutcome,
  accounts: readonly EmailAccount[],
): string {
  switch (action.kind) {
    case 'place':
      return words.bulk.placed[action.place](changed)
    case 'move': {
      const to = accounts.find(({ id }) => id === action.emailAccountId)?.address ?? words.move.elsewhere
      const moved = words.bulk.moved(changed, to)
      return unchanged === 0 ? moved : `${moved} ${words.bulk.movedBefore(unchanged)}`
    }
    default:
      return words.bulk.done[action.kind](changed)
  }
}

function Progress({ changed, onStop }: { changed: number; onStop: () => void }) {
  return (
    <Group gap="sm" justify="space-between" wrap="nowrap">
      <Text size="sm" c="var(--mantine-color-text)" role="status">
        {words.bulk.progress(changed)}
      </Text>
      <Button size="compact-sm" variant="default" style={{ flex: 'none' }} onClick={onStop}>
        {words.bulk.stop}
      </Button>
    </Group>
  )
}

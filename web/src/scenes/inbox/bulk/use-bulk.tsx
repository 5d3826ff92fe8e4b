import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { showNotice } from '../../../components/show-notice.ts'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { BulkAction } from '../../../api/client.ts'
import { refetchConversationLists } from '../../../api/conversation-lists.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { words } from '../../../words/index.ts'
import { announceChange } from '../change-notice.tsx'
import { useAccounts } from '../use-conversations.ts'
import { showFailure } from '../use-status.ts'
import { runBulk, undoBulk, type BulkOptions, type BulkOutcome, type Target } from './bulk-run.ts'
import { outcomeText, undoText } from './bulk-texts.ts'

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
      else showNotice({ ...progress, message })
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
      const isFinished = done.changed + done.unchanged + done.refused.length > 0
      // Parts that are done can be undone, although a later one failed.
      if (isFinished || done.failure === undefined) announce(outcomeText(action, outcome, accounts), outcome.undo)
      if (done.failure !== undefined) showFailure(done.failure)
    })
    return outcome
  }

  function announce(text: string, undo: BulkOutcome['undo']): void {
    const start = () => void watched((options) => takeBack(undo, options))
    if (undo.length > 0) announceChange('bulk', text, start, MOST_LINES)
    else showNotice({ message: text, closeButtonProps: { 'aria-label': words.close } })
  }

  /** After a failure or a stop, undo goes on with the remaining steps. */
  async function takeBack(undo: BulkOutcome['undo'], options: BulkOptions): Promise<void> {
    const outcome = await undoBulk(undo, options)
    const text = undoText(outcome)
    if (text !== undefined) announce(text, outcome.rest)
    if (outcome.failure !== undefined) showFailure(outcome.failure)
  }

  return { run, isBusy }
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

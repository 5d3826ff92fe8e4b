import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { BulkAction } from '../../../api/client.ts'
import { refetchConversationLists } from '../../../api/conversation-lists.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { words } from '../../../words/index.ts'
import { announceChange } from '../change-notice.tsx'
import { showFailure } from '../use-status.ts'
import { runBulk, undoBulk, type BulkOptions, type BulkOutcome, type Target } from './bulk-run.ts'

/** Time after which progress is shown. */
const PATIENCE_MS = 1_000
const PROGRESS = 'bulk-progress'

/** Applies an action to many conversations, also while the user goes on to another page. */
export function useBulk() {
  const queryClient = useQueryClient()
  const refresh = useRefresh('conversations', 'events')
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

  function announce({ changed, refused, undo }: BulkOutcome, action: BulkAction): void {
    const reasons = [...Map.groupBy(refused, ({ reason }) => reason.title)]
    const sentences = [
      ...(changed > 0 || refused.length === 0 ? [sentenceOf(action, changed)] : []),
      ...reasons.map(([reason, some]) => words.bulk.refused(some.length, reason)),
    ]
    const text = sentences.join(' ')
    if (undo.length > 0) announceChange('bulk', text, () => void watched((options) => undoBulk(undo, options)))
    else notifications.show({ message: text, closeButtonProps: { 'aria-label': words.close } })
  }

  return { run, isBusy }
}

function sentenceOf(action: BulkAction, changed: number): string {
  return action.kind === 'place' ? words.bulk.placed[action.place](changed) : words.bulk.done[action.kind](changed)
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

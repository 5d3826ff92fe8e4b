import { Button } from '@mantine/core'
import type { RestoredBackup } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { words } from '../../words/index.ts'
import { OnRemoval } from './on-removal.tsx'
import { useHeldDecision } from './use-held-decision.tsx'

const text = words.restoredBackup

/** Actions for all messages not found in Sent, and for all held ones. */
export function HeldMessagesActions({ counts: { held, notFound } }: Pick<RestoredBackup, 'counts'>) {
  const { ask, dialog, moveFocus } = useHeldDecision()
  return (
    <>
      {notFound > 0 && (
        <>
          <OnRemoval call={moveFocus} />
          <Button size="xs" onClick={() => ask({ decision: 'send', messages: 'not-found', count: notFound })}>
            {text.sendNotFound(notFound)}
          </Button>
          <Button
            size="xs"
            variant="default"
            onClick={() => ask({ decision: 'discard', messages: 'not-found', count: notFound })}
          >
            {text.discardNotFound(notFound)}
          </Button>
        </>
      )}
      {held > 0 && (
        <>
          <OnRemoval call={moveFocus} />
          <Button size="xs" variant="default" onClick={() => ask({ decision: 'send', messages: 'all', count: held })}>
            {text.releaseAll(held)}
          </Button>
        </>
      )}
      <ConfirmDialog {...dialog} />
    </>
  )
}

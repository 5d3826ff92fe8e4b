import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { deleteDraftsId, type Draft } from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { words } from '../../../words/index.ts'
import { forgetUnsaved, type DraftKeeper } from './draft-keeper.ts'
import { justStarted } from './local-drafts.ts'

interface DiscardButtonProps {
  draft: Draft
  keeper: DraftKeeper
  own: string
  files: number
  onDiscarded: () => void
}

/** Asks only if content would be lost. */
export function DiscardButton({ draft, keeper, own, files, onDiscarded }: DiscardButtonProps) {
  const { id, conversationId } = draft
  const [asking, dialog] = useDisclosure(false)
  const refresh = useRefresh('conversations', 'drafts')
  const discarding = useMutation({
    mutationFn: async () => {
      await keeper.stop()
      await deleteDraftsId({ path: { id } }).catch((error: unknown) => {
        if (toProblem(error).status !== 404) throw error
      })
    },
    onSuccess: () => {
      justStarted.settle(id)
      forgetUnsaved(id)
      void refresh()
      onDiscarded()
    },
    onError: () => {
      keeper.goOn()
      dialog.open()
    },
  })
  const count = own.split(/\s+/).filter((word) => word !== '').length
  const { discard, discardTitle, discardRemoves, discardKeeps, discardKeepsNew } = words.composer
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        c="var(--mantine-color-text)"
        leftSection={<IconTrash size={14} aria-hidden />}
        loading={discarding.isPending}
        onClick={() => (count + files > 0 ? dialog.open() : discarding.mutate())}
      >
        {discard}
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title={discardTitle}
        removes={discardRemoves(count, files)}
        keeps={conversationId === undefined ? discardKeepsNew : discardKeeps}
        confirm={discard}
        onConfirm={() => discarding.mutate()}
        busy={discarding.isPending}
        error={discarding.error}
        destructive
      />
    </>
  )
}

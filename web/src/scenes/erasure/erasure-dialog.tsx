import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { getErasuresIdOptions, postErasuresMutation, postErasuresPreviewMutation } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { FocusReturn, useFocusAfterRemoval } from '../../components/focus-return.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { words } from '../../words/index.ts'
import { ErasureConfirmation } from './erasure-confirmation.tsx'
import { ErasureSummary } from './erasure-summary.tsx'

interface ErasureDialogProps {
  opened: boolean
  onClose: () => void
  /** Address of the customer that is shown. */
  address?: string
}

/**
 * Erases a person: addresses, counts, confirmation, progress. For admins. The typed addresses are kept when the dialog
 * closes by Esc, until an erasure starts.
 */
export function ErasureDialog({ opened, onClose, address = '' }: ErasureDialogProps) {
  const [unsaved, setUnsaved] = useState<{ address: string; typed: string }>()
  const typed = unsaved?.address === address ? unsaved.typed : address
  const clear = () => setUnsaved(undefined)
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words.erasure.dialog}
      closeButtonProps={{ 'aria-label': words.close }}
      closeOnClickOutside={false}
      size="lg"
    >
      <FocusReturn />
      <Steps
        typed={typed}
        onType={(text) => setUnsaved({ address, typed: text })}
        onStarted={clear}
        onClose={() => {
          clear()
          onClose()
        }}
      />
    </Modal>
  )
}

interface StepsProps {
  typed: string
  onType: (text: string) => void
  onStarted: () => void
  onClose: () => void
}

function Steps({ typed, onType, onStarted, onClose }: StepsProps) {
  const text = words.erasure
  const addresses = typed.split(/[\s,;]+/).filter((each) => each !== '')
  // The text can change while the counts are loading, and is cleared when the erasure starts.
  const [previewed, setPreviewed] = useState<readonly string[]>([])
  const preview = useOnce(postErasuresPreviewMutation())
  const previewButton = useRef<HTMLButtonElement>(null)
  // A button that shows progress is disabled and loses the focus.
  useFocusAfterRemoval(preview.isPending, previewButton)
  const refresh = useRefresh('erasures')
  const started = () => {
    onStarted()
    // The dialog closes with a conversation that is erased.
    showNotice({ message: text.started })
    return refresh()
  }
  const erase = useOnce({ ...postErasuresMutation(), onSuccess: started })
  if (erase.data) return <Progress id={erase.data.id} onClose={onClose} />
  if (preview.data) {
    return (
      <ErasureConfirmation
        preview={preview.data}
        address={previewed[0]!}
        busy={erase.isPending}
        error={erase.error}
        onBack={() => {
          erase.reset()
          preview.reset()
        }}
        onConfirm={(confirm) => erase.mutate({ body: { addresses: [...previewed], confirm } })}
      />
    )
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (addresses.length === 0 || preview.isPending) return
        setPreviewed(addresses)
        preview.mutate({ body: { addresses } })
      }}
    >
      <Stack>
        {preview.error && <ProblemNotice error={preview.error} />}
        <Text size="sm">{text.hint}</Text>
        <Textarea
          label={text.addresses}
          description={text.addressesHint}
          required
          autosize
          minRows={2}
          maxRows={10}
          value={typed}
          data-autofocus
          autoFocus
          onChange={({ currentTarget }) => onType(currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words.cancel}
          </Button>
          <Button ref={previewButton} type="submit" loading={preview.isPending} disabled={addresses.length === 0}>
            {text.preview}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Progress({ id, onClose }: { id: string; onClose: () => void }) {
  const text = words.erasure
  const { data, error, refetch } = useQuery(getErasuresIdOptions({ path: { id } }))
  return (
    <Stack>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      <Text size="sm" role="status">
        {data?.endedAt === undefined ? text.running : text.completed}
      </Text>
      {data && <ErasureSummary erasure={data} />}
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus autoFocus>
          {text.done}
        </Button>
      </Group>
    </Stack>
  )
}

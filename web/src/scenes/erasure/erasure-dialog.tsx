import { Alert, Button, Group, List, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getErasuresIdOptions,
  postErasuresMutation,
  postErasuresPreviewMutation,
  type ErasurePreview,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { words } from '../../words/index.ts'
import { ErasureSummary } from './erasure-summary.tsx'
import { figure, keptLines, mailLine, removedLines } from './erasure-lines.ts'

interface ErasureDialogProps {
  opened: boolean
  onClose: () => void
  /** Address of the customer that is shown. */
  address?: string
}

/** Erases a person: addresses, counts, confirmation, progress. For admins. */
export function ErasureDialog({ opened, onClose, address }: ErasureDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words.erasure.dialog}
      closeButtonProps={{ 'aria-label': words.close }}
      closeOnClickOutside={false}
      size="lg"
    >
      <Steps address={address ?? ''} onClose={onClose} />
    </Modal>
  )
}

function Steps({ address, onClose }: { address: string; onClose: () => void }) {
  const text = words.erasure
  const [typed, setTyped] = useState(address)
  const addresses = typed.split(/[\s,;]+/).filter((each) => each !== '')
  const preview = useOnce(postErasuresPreviewMutation())
  const refresh = useRefresh('erasures')
  const started = () => {
    // The dialog closes with a conversation that is erased.
    showNotice({ message: text.started })
    return refresh()
  }
  const erase = useOnce({ ...postErasuresMutation(), onSuccess: started })
  if (erase.data) return <Progress id={erase.data.id} onClose={onClose} />
  if (preview.data) {
    return (
      <Confirmation
        preview={preview.data}
        address={addresses[0]!}
        busy={erase.isPending}
        error={erase.error}
        onBack={() => {
          erase.reset()
          preview.reset()
        }}
        onConfirm={(confirm) => erase.mutate({ body: { addresses, confirm } })}
      />
    )
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (addresses.length > 0) preview.mutate({ body: { addresses } })
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
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words.cancel}
          </Button>
          <Button type="submit" loading={preview.isPending} disabled={addresses.length === 0}>
            {text.preview}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface ConfirmationProps {
  preview: ErasurePreview
  address: string
  busy: boolean
  error: unknown
  onBack: () => void
  onConfirm: (confirm: string) => void
}

function Confirmation({ preview, address, busy, error, onBack, onConfirm }: ConfirmationProps) {
  const text = words.erasure
  const [typed, setTyped] = useState('')
  const isTyped = typed.trim().toLowerCase() === address.toLowerCase()
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isTyped && preview.outbox === 0) onConfirm(typed.trim())
      }}
    >
      <Stack style={{ overflowWrap: 'anywhere' }}>
        {error != null && <ProblemNotice error={error} />}
        <Text size="sm">{preview.accounts.length > 0 ? text.sentence : text.nothing}</Text>
        <Lines title={words.removes} lines={removedLines(preview)} />
        <Lines title={words.keeps} lines={keptLines(preview)} />
        <Lines
          title={text.byAccount}
          lines={preview.accounts.map(
            (each) => `${each.name ?? text.removedAccount}: ${text.ofAccount(...mailLine(each))}`,
          )}
        />
        {preview.isCut && <Text size="sm">{text.atLeast}</Text>}
        {preview.outbox > 0 && <Alert color="yellow">{text.outbox(preview.outbox, figure(preview.outbox))}</Alert>}
        <Text size="sm" c="dimmed">
          {text.notHere}
        </Text>
        <TextInput
          label={text.confirm(address)}
          value={typed}
          autoComplete="off"
          data-autofocus
          disabled={preview.outbox > 0}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onBack}>
            {text.changeAddresses}
          </Button>
          <Button type="submit" color="red.9" loading={busy} disabled={!isTyped || preview.outbox > 0}>
            {text.erase}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Lines({ title, lines }: { title: string; lines: readonly string[] }) {
  if (lines.length === 0) return undefined
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <List size="sm">
        {lines.map((line) => (
          <List.Item key={line}>{line}</List.Item>
        ))}
      </List>
    </div>
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
        <Button onClick={onClose} data-autofocus>
          {text.done}
        </Button>
      </Group>
    </Stack>
  )
}

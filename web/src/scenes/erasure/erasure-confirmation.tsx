import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import type { ErasurePreview } from '../../api/client.ts'
import { useFocusAfterRemoval } from '../../components/focus-return.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { TitledLines } from '../../components/titled-lines.tsx'
import { words } from '../../words/index.ts'
import { figure, keptLines, mailLine, removedLines } from './erasure-lines.ts'

interface ErasureConfirmationProps {
  preview: ErasurePreview
  address: string
  busy: boolean
  error: unknown
  onBack: () => void
  onConfirm: (confirm: string) => void
}

/** Shows what is erased and kept, and asks for the address as confirmation. */
export function ErasureConfirmation({ preview, address, busy, error, onBack, onConfirm }: ErasureConfirmationProps) {
  const text = words.erasure
  const [typed, setTyped] = useState('')
  const isTyped = typed.trim().toLowerCase() === address.toLowerCase()
  const hasOutbox = preview.outbox > 0
  const eraseButton = useRef<HTMLButtonElement>(null)
  useFocusAfterRemoval(busy, eraseButton)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isTyped && !hasOutbox) onConfirm(typed.trim())
      }}
    >
      <Stack style={{ overflowWrap: 'anywhere' }}>
        {error != null && <ProblemNotice error={error} />}
        <Text size="sm">{preview.accounts.length > 0 ? text.sentence : text.nothing}</Text>
        <TitledLines title={words.removes} lines={removedLines(preview)} />
        <TitledLines title={words.keeps} lines={keptLines(preview)} />
        <TitledLines
          title={text.byAccount}
          lines={preview.accounts.map(
            (each) => `${each.name ?? text.removedAccount}: ${text.ofAccount(...mailLine(each))}`,
          )}
        />
        {preview.isCut && <Text size="sm">{text.atLeast}</Text>}
        {hasOutbox && <Alert color="yellow">{text.outbox(preview.outbox, figure(preview.outbox))}</Alert>}
        <Text size="sm" c="dimmed">
          {text.notHere}
        </Text>
        <TextInput
          label={text.confirm(address)}
          value={typed}
          autoComplete="off"
          data-autofocus
          autoFocus
          disabled={hasOutbox}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onBack} autoFocus={hasOutbox}>
            {text.changeAddresses}
          </Button>
          <Button ref={eraseButton} type="submit" color="red.9" loading={busy} disabled={!isTyped || hasOutbox}>
            {text.erase}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

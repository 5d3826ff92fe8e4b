import { Button, Group, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { showNotice } from '../../components/show-notice.ts'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import {
  deleteEmailAccountsIdMutation,
  getEmailAccountsIdRemovalOptions,
  postEmailAccountsIdDisconnectMutation,
  type EmailAccount,
  type MailCounts,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { Section } from '../../components/section.tsx'
import { unsentFigure } from '../../components/unsent-figure.ts'
import { language, words } from '../../words/index.ts'

const KINDS = ['conversations', 'messages', 'notes', 'drafts'] as const
/** Listed only if there are any. */
const UNSENT_KINDS = ['unknown', 'failed'] as const

/** Disconnecting a mailbox (its mail stays), and removing it. */
export function RemovalSection({ account }: { account: EmailAccount }) {
  const [disconnecting, disconnectDialog] = useDisclosure(false)
  const [removing, removeDialog] = useDisclosure(false)
  const { removal } = words.emailAccounts
  const isDisconnected = account.reason?.code === 'email_accounts.disconnected'
  return (
    <Section title={removal.title}>
      {!isDisconnected && (
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">{removal.disconnectHint}</Text>
          <Button size="xs" variant="default" style={{ flexShrink: 0 }} onClick={disconnectDialog.open}>
            {removal.disconnect}…
          </Button>
        </Group>
      )}
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{removal.removeHint}</Text>
        <Button size="xs" variant="default" c="error" style={{ flexShrink: 0 }} onClick={removeDialog.open}>
          {removal.remove}…
        </Button>
      </Group>
      <DisconnectDialog account={account} opened={disconnecting} onClose={disconnectDialog.close} />
      <RemoveDialog account={account} opened={removing} onClose={removeDialog.close} />
    </Section>
  )
}

interface DialogProps {
  account: EmailAccount
  opened: boolean
  onClose: () => void
}

function DisconnectDialog({ account, opened, onClose }: DialogProps) {
  const { removal, disconnected } = words.emailAccounts
  const refresh = useRefresh('email-accounts')
  const disconnect = useOnce({
    ...postEmailAccountsIdDisconnectMutation(),
    onSuccess: async () => {
      showNotice({ message: disconnected })
      onClose()
      await refresh()
    },
  })
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={removal.disconnectTitle(account.address)}
      removes={removal.disconnectRemoves}
      keeps={removal.disconnectKeeps}
      confirm={removal.disconnectButton}
      busy={disconnect.isPending}
      error={disconnect.error}
      destructive
      onConfirm={() => disconnect.mutate({ path: { id: account.id } })}
    />
  )
}

function RemoveDialog({ account, opened, onClose }: DialogProps) {
  const { removal } = words.emailAccounts
  const path = { id: account.id }
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const refresh = useRefresh('email-accounts', 'conversations', 'people')
  const preview = useQuery({ ...getEmailAccountsIdRemovalOptions({ path }), enabled: opened, staleTime: 0 })
  const remove = useOnce({
    ...deleteEmailAccountsIdMutation(),
    onSuccess: async () => {
      showNotice({ message: removal.removed(account.address) })
      await navigate({ to: '/email-accounts' })
      await refresh()
    },
  })
  const waiting = preview.data?.waiting ?? 0
  const held = preview.data?.onLegalHold ?? 0
  const isHeld = held > 0
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={removal.removeTitle(account.address)}
      {...(waiting > 0 && { sentence: removal.mailWaits(waiting, unsentFigure(waiting)) })}
      {...(isHeld && { sentence: removal.held(held, new Intl.NumberFormat(language).format(held)) })}
      removes={preview.data && !isHeld ? countLines(preview.data) : []}
      keeps={isHeld ? [] : removal.removeKeeps}
      confirm={removal.removeButton}
      busy={remove.isPending}
      waiting={!preview.data || isHeld || waiting > 0 || typed.trim().toUpperCase() !== account.key}
      error={remove.error ?? preview.error}
      destructive
      onConfirm={() => remove.mutate({ path })}
    >
      {!isHeld && (
        <TextInput
          label={removal.typeKey(account.key)}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          autoComplete="off"
        />
      )}
    </ConfirmDialog>
  )
}

function countLines(counts: MailCounts): string[] {
  const number = new Intl.NumberFormat(language)
  const { counts: texts } = words.emailAccounts.removal
  const unsent = UNSENT_KINDS.filter((kind) => counts[kind] > 0)
  return [
    ...KINDS.map((kind) => texts[kind](counts[kind], number.format(counts[kind]))),
    ...unsent.map((kind) => texts[kind](counts[kind], unsentFigure(counts[kind]))),
  ]
}

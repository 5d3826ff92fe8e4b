import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { showNotice } from '../../components/show-notice.ts'
import { patchEmailAccountsIdMutation, type EmailAccount } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { words } from '../../words/index.ts'
import { AllowProtocol, isNotAllowed } from './allow-protocol.tsx'

const text = words.connection

/** A direction with the alternative protocol. */
export type OtherProtocol =
  | { direction: 'in'; now: EmailAccount['receivesBy']; next: EmailAccount['receivesBy'] }
  | { direction: 'out'; now: EmailAccount['sendsBy']; next: EmailAccount['sendsBy'] }

/** The alternative protocol of each direction. */
export function alternativeProtocols({ receivesBy, sendsBy }: EmailAccount): {
  receiving: OtherProtocol
  sending: OtherProtocol
} {
  return {
    receiving: { direction: 'in', now: receivesBy, next: receivesBy === 'graph' ? 'imap' : 'graph' },
    sending: { direction: 'out', now: sendsBy, next: sendsBy === 'graph' ? 'smtp' : 'graph' },
  }
}

/** Switches one direction to another protocol, after a confirmation; the mailbox is checked with it first. */
export function ChangeProtocol({ account, other }: { account: EmailAccount; other: OtherProtocol }) {
  const { id, address } = account
  const { direction, now, next } = other
  const [isOpen, { open, close }] = useDisclosure(false)
  const refresh = useRefresh('email-accounts')
  const save = useOnce({
    ...patchEmailAccountsIdMutation(),
    onSuccess: async () => {
      close()
      showNotice({ message: text.done[direction](text.names[next]) })
      await refresh()
    },
  })
  const label = other.direction === 'in' ? text.change.in[other.next] : text.change.out[other.next]
  const why = other.direction === 'in' ? text.why.in[other.next] : text.why.out[other.next]
  const body = other.direction === 'in' ? { receivesBy: other.next } : { sendsBy: other.next }
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={open}>
        {label}
      </Button>
      <ConfirmDialog
        opened={isOpen}
        onClose={close}
        title={text.titleOf[direction](address, text.names[next])}
        sentence={[why, text.needs[next], text.tried].filter((one) => one !== undefined).join(' ')}
        removes={text.removes[direction](text.names[now])}
        keeps={text.keeps[direction]}
        confirm={label}
        onConfirm={() => save.mutate({ path: { id }, body })}
        busy={save.isPending}
        error={save.error}
      >
        {next !== 'graph' && isNotAllowed(save.error) && <AllowProtocol account={account} protocol={next} />}
      </ConfirmDialog>
    </>
  )
}

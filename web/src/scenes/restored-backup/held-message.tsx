import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconClock, IconQuestionMark, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { RestoredBackup } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { Time } from '../../components/time.tsx'
import { language, words } from '../../words/index.ts'
import { useHeldDecision } from './use-held-decision.ts'

type Message = RestoredBackup['messages'][number]

const text = words.restoredBackup
const ICONS = { pending: IconClock, found: IconCheck, 'not-found': IconX, unreadable: IconQuestionMark }

/** One message: to whom, from which mailbox, whether Sent has it, and what an admin can do. */
export function HeldMessage({ message }: { message: Message }) {
  const { submissionId, to, emailAccount, emailAccountId, isAutomatic, createdAt, inSent, state, isHeld } = message
  const subject = message.subject || text.noSubject
  const recipients = to.map(({ name, address }) => name || address)
  const { ask, dialog } = useHeldDecision()
  const Icon = ICONS[inSent]
  return (
    <Stack gap={4} py="xs">
      <Group gap="xs" justify="space-between" wrap="wrap">
        <Text size="sm" fw={600} miw={0} lineClamp={1} style={{ flex: '1 1 14rem' }} title={subject}>
          {subject}
        </Text>
        <Group gap={4} wrap="nowrap">
          <Icon size={16} aria-hidden />
          <Text size="sm">
            {text.columns.inSent}: {text.inSent[inSent]}
          </Text>
        </Group>
      </Group>
      <Group gap="xs" justify="space-between" wrap="wrap">
        <Text size="sm" c="dimmed" miw={0} lineClamp={2} style={{ flex: '1 1 14rem' }}>
          {isAutomatic && `${text.automatic} · `}
          {text.to(new Intl.ListFormat(language).format(recipients))} ·{' '}
          <Anchor component={Link} to={`/email-accounts/${emailAccountId}`} size="sm">
            {emailAccount.address}
          </Anchor>{' '}
          · <Time at={createdAt} />
        </Text>
        {isHeld ? (
          <Group gap="xs" wrap="nowrap">
            <Button
              size="xs"
              variant="default"
              aria-label={text.sendNamed(subject)}
              onClick={() => ask({ decision: 'send', messages: [submissionId], count: 1 })}
            >
              {text.send}
            </Button>
            <Button
              size="xs"
              variant="default"
              aria-label={text.discardNamed(subject)}
              onClick={() => ask({ decision: 'discard', messages: [submissionId], count: 1 })}
            >
              {text.discard}
            </Button>
          </Group>
        ) : (
          <Text size="sm">{state === 'sent' || state === 'canceled' ? text.decided[state] : text.decided.other}</Text>
        )}
      </Group>
      <ConfirmDialog {...dialog} />
    </Stack>
  )
}

import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconClock, IconQuestionMark, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useRef } from 'react'
import type { RestoredBackup } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { Time } from '../../components/time.tsx'
import { language, words } from '../../words/index.ts'
import { OnRemoval } from './on-removal.tsx'
import { useHeldDecision } from './use-held-decision.tsx'

type Message = RestoredBackup['messages'][number]

const text = words.restoredBackup
const MOST_RECIPIENTS = 3
const LONGEST_SUBJECT = 60
/** Long words in subjects and addresses wrap. */
const WRAPPING = { flex: '1 1 14rem', minWidth: 0, overflowWrap: 'anywhere' } as const
const ICONS = { pending: IconClock, found: IconCheck, 'not-found': IconX, unreadable: IconQuestionMark }

/** One held message: recipients, mailbox, result of the check in Sent, and actions. */
export function HeldMessage({ message }: { message: Message }) {
  const { submissionId, to, emailAccount, emailAccountId, isAutomatic, createdAt, inSent, isHeld } = message
  const subject = message.subject || text.noSubject
  const row = useRef<HTMLDivElement>(null)
  // Focuses the next message, so that a list can be worked through by keyboard from top to bottom.
  const nextFocus = () => row.current?.closest('li')?.nextElementSibling?.querySelector('button')
  const { ask, dialog, moveFocus } = useHeldDecision(nextFocus)
  const decide = (decision: 'send' | 'discard') =>
    ask({ decision, messages: [submissionId], count: 1, subject: shortened(subject), inSent })
  const Icon = ICONS[inSent]
  return (
    <Stack gap={4} py="xs" ref={row}>
      <Group gap="xs" justify="space-between" wrap="wrap">
        <Text size="sm" fw={600} lineClamp={2} style={WRAPPING} title={subject}>
          <bdi>{subject}</bdi>
        </Text>
        <Group gap={4} wrap="nowrap">
          <Icon size={16} aria-hidden />
          <Text size="sm">
            {text.columns.inSent}: {text.inSent[inSent]}
          </Text>
        </Group>
      </Group>
      <Group gap="xs" justify="space-between" wrap="wrap">
        <Text size="sm" c="dimmed" style={WRAPPING}>
          {isAutomatic && `${text.automatic} · `}
          {text.to(recipientsInShort(to))} ·{' '}
          <Anchor component={Link} to={`/email-accounts/${emailAccountId}`} size="sm">
            {emailAccount.address}
          </Anchor>{' '}
          · <Time at={createdAt} />
        </Text>
        {isHeld ? (
          <Group gap="xs" wrap="nowrap">
            <OnRemoval call={moveFocus} />
            <Button size="xs" variant="default" aria-label={text.sendNamed(subject)} onClick={() => decide('send')}>
              {text.send}
            </Button>
            <Button
              size="xs"
              variant="default"
              aria-label={text.discardNamed(subject)}
              onClick={() => decide('discard')}
            >
              {text.discard}
            </Button>
          </Group>
        ) : (
          <Text size="sm">{text.decided[outcomeOf(message)]}</Text>
        )}
      </Group>
      <ConfirmDialog {...dialog} />
    </Stack>
  )
}

function recipientsInShort(to: Message['to']): string {
  const names = to.slice(0, MOST_RECIPIENTS).map(({ name, address }) => name || address)
  const more = to.length > MOST_RECIPIENTS ? [text.moreRecipients(to.length - MOST_RECIPIENTS)] : []
  return new Intl.ListFormat(language).format([...names, ...more])
}

function shortened(subject: string): string {
  return subject.length > LONGEST_SUBJECT ? `${subject.slice(0, LONGEST_SUBJECT)}…` : subject
}

function outcomeOf({ state, inSent }: Message): keyof typeof text.decided {
  if (state === 'sent') return inSent === 'found' ? 'found' : 'sent'
  return state === 'canceled' ? 'canceled' : 'other'
}

import { Anchor, Badge, Paper, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { EmailAccount } from '../../api/client.ts'
import { SignBadge } from '../../components/sign-badge.tsx'
import { StateBadge } from '../../components/state-badge.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import classes from './account-row.module.css'

interface AccountRowProps {
  account: EmailAccount
  cannotSend: boolean
  actionsWait: boolean
}

export function AccountRow({ account, cannotSend, actionsWait }: AccountRowProps) {
  const { id, key, name, address, kind, state, stateSince, completeUpTo, lastReceivedAt, lastSentAt } = account
  const { kinds, since, notYet, never, ...labels } = words.emailAccounts
  return (
    <Paper withBorder p="sm" className={classes.row}>
      <div className={classes.name}>
        <AccountKey value={key} />
        <div>
          <Anchor component={Link} to={`/email-accounts/${id}`} className={classes.link} fw={600} underline="hover">
            {name}
          </Anchor>
          <Text size="sm" c="dimmed">
            {address} · {kinds[kind]}
          </Text>
        </div>
      </div>
      <div className={classes.state}>
        <StateBadge state={state} />
        {cannotSend && state !== 'paused' && (
          <SignBadge color="red" Sign={IconAlertTriangle}>
            {labels.cannotSend}
          </SignBadge>
        )}
        {actionsWait && state !== 'paused' && (
          <SignBadge color="orange" Sign={IconAlertTriangle}>
            {labels.actionsWait}
          </SignBadge>
        )}
        <Text size="xs" c="dimmed">
          {since} <Time at={stateSince} />
        </Text>
      </div>
      <Fact name={labels.completeUpTo}>{completeUpTo ? <Time at={completeUpTo} /> : notYet}</Fact>
      <Fact name={labels.lastIn}>{lastReceivedAt ? <Time at={lastReceivedAt} /> : never}</Fact>
      <Fact name={labels.lastOut}>{lastSentAt ? <Time at={lastSentAt} /> : never}</Fact>
    </Paper>
  )
}

/** Short key of a mailbox, shown in every list. */
export function AccountKey({ value }: { value: string }) {
  return (
    <Badge variant="default" radius="sm" tt="none" miw={56} style={{ flexShrink: 0 }}>
      {value}
    </Badge>
  )
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm">{children}</Text>
    </div>
  )
}

import { Anchor, Paper, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { EmailAccount } from '../../api/client.ts'
import { StateBadge } from '../../components/state-badge.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import classes from '../email-accounts/account-row.module.css'
import { AccountKey, Fact } from '../email-accounts/account-row.tsx'

interface FigureRowProps {
  account: EmailAccount
  /** Number of open conversations; absent for auditors. */
  open: string | undefined
}

/** A mailbox with its figures. Leads to its health on the current day. */
export function FigureRow({ account, open }: FigureRowProps) {
  const { id, key, name, address, state, stateSince, completeUpTo, lastReceivedAt, lastSentAt } = account
  const { since, notYet, never, ...labels } = words.emailAccounts
  return (
    <Paper withBorder p="sm" className={classes.row}>
      <div className={classes.name}>
        <AccountKey value={key} />
        <div>
          <Anchor
            component={Link}
            to={`/email-accounts/${id}/health`}
            className={classes.link}
            fw={600}
            underline="hover"
          >
            {name}
          </Anchor>
          <Text size="sm" c="dimmed">
            {address}
          </Text>
        </div>
      </div>
      <div className={classes.state}>
        <StateBadge state={state} />
        <Text size="xs" c="dimmed">
          {since} <Time at={stateSince} />
        </Text>
      </div>
      {open === undefined ? (
        <Fact name={labels.completeUpTo}>{completeUpTo ? <Time at={completeUpTo} /> : notYet}</Fact>
      ) : (
        <Fact name={words.figures.open}>{open}</Fact>
      )}
      <Fact name={labels.lastIn}>{lastReceivedAt ? <Time at={lastReceivedAt} /> : never}</Fact>
      <Fact name={labels.lastOut}>{lastSentAt ? <Time at={lastSentAt} /> : never}</Fact>
    </Paper>
  )
}

import { Anchor, Button, Group, List, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { getGrantsOptions, type EmailAccount } from '../../api/client.ts'
import { awaitedGrantId } from '../../api/principal-grant.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { namedFix } from '../../components/named-fix.ts'
import { Section } from '../../components/section.tsx'
import { SignBadge } from '../../components/sign-badge.tsx'
import { StateBadge } from '../../components/state-badge.tsx'
import { IconAlertTriangle } from '@tabler/icons-react'
import { words } from '../../words/index.ts'
import { orderAccounts } from '../email-accounts/account-order.ts'
import { AccountKey } from '../email-accounts/account-row.tsx'
import { RecoveryAction } from '../email-accounts/recovery-action.tsx'
import { useActionsWait, useCannotSend, useTroubled } from '../shell/account-health.ts'
import { openIncidentsQuery } from '../shell/open-incidents.ts'
import { countStates, isFailing } from './account-counts.ts'

const text = words.overview
/** Failing mailboxes shown before the others are requested. */
const MOST_AT_FIRST = 5

/** Mailboxes by state, and those that need a person with their remedy. */
export function AccountsSection({ accounts }: { accounts: readonly EmailAccount[] }) {
  const cannotSend = useCannotSend()
  const actionsWait = useActionsWait()
  const troubled = useTroubled()
  const { isSuccess } = useQuery(openIncidentsQuery)
  const [isWhole, setWhole] = useState(false)
  const failing = orderAccounts(
    accounts.filter((account) => isFailing(account, troubled)),
    troubled,
  )
  const shown = isWhole ? failing : failing.slice(0, MOST_AT_FIRST)
  return (
    <Section
      title={text.mailboxes}
      actions={
        <ButtonLink to="/email-accounts" search={{}} size="xs" variant="default">
          {text.show}
        </ButtonLink>
      }
    >
      <Group gap="md">
        {countStates(accounts).map(([state, count]) => (
          <Group key={state} gap={6}>
            <Text fw={600}>{count}</Text>
            <StateBadge state={state} />
          </Group>
        ))}
      </Group>
      {failing.length === 0 && isSuccess && <Text size="sm">{text.well}</Text>}
      {failing.length > 0 && (
        <List listStyleType="none" aria-label={text.failing} spacing="sm">
          {shown.map((account) => (
            <List.Item key={account.id}>
              <Failing
                account={account}
                cannotSend={cannotSend.has(account.id)}
                actionsWait={actionsWait.has(account.id)}
              />
            </List.Item>
          ))}
        </List>
      )}
      {shown.length < failing.length && (
        <Group>
          <Button size="xs" variant="default" onClick={() => setWhole(true)}>
            {text.moreFailing(failing.length - shown.length)}
          </Button>
        </Group>
      )}
    </Section>
  )
}

interface FailingProps {
  account: EmailAccount
  cannotSend: boolean
  actionsWait: boolean
}

function Failing({ account, cannotSend, actionsWait }: FailingProps) {
  const { id, key, name, address, state, reason } = account
  const grants = useQuery(getGrantsOptions())
  const userName = grants.data?.grants.find((each) => each.id === awaitedGrantId(account))?.userName
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <AccountKey value={key} />
        <Anchor component={Link} to={`/email-accounts/${id}`} fw={600}>
          {name}
        </Anchor>
        <StateBadge state={state} />
        {cannotSend && (
          <SignBadge color="red" Sign={IconAlertTriangle}>
            {words.emailAccounts.cannotSend}
          </SignBadge>
        )}
        {actionsWait && (
          <SignBadge color="orange" Sign={IconAlertTriangle}>
            {words.emailAccounts.actionsWait}
          </SignBadge>
        )}
      </Group>
      {reason && (
        <>
          <Text size="sm">
            {reason.title} · {words.remedies[reason.remedy]}
          </Text>
          <Text size="sm" c="dimmed">
            {namedFix(reason.fix, address, userName)}
          </Text>
          <Group gap="xs">
            <RecoveryAction account={account} />
          </Group>
        </>
      )}
    </Stack>
  )
}

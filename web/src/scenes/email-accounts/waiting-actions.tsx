import { Alert, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { EmailAccount } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { Facts } from '../../components/facts.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { useOpenIncidents } from '../shell/open-incidents.ts'

const text = words.emailAccounts.state

/** Incident of a mailbox that receives and sends, and whose actions wait. */
export function WaitingActions({ account: { id } }: { account: EmailAccount }) {
  const incident = useOpenIncidents().find(({ affected }) =>
    affected.some((each) => each.id === id && each.affects === 'actions' && each.until === undefined),
  )
  if (!incident) return null
  const { title, since, forAdmins } = incident
  return (
    <Alert
      color="orange"
      variant="light"
      title={text.actionsWait(title)}
      icon={<IconAlertTriangle aria-hidden />}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
    >
      <Stack gap="xs">
        {forAdmins && <Text size="sm">{forAdmins.words.fix}</Text>}
        <Facts
          facts={[
            [text.actionsWaitSince, <Time key="since" at={since} />],
            [text.who, forAdmins?.words.who],
          ]}
        />
        <Group gap="xs">
          <ButtonLink
            to="/email-accounts/$emailAccountId"
            params={{ emailAccountId: id }}
            search={{ tab: 'actions' }}
            size="xs"
            variant="default"
          >
            {text.openActions}
          </ButtonLink>
        </Group>
      </Stack>
    </Alert>
  )
}

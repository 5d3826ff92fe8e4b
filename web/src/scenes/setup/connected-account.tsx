import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { postEmailAccountsIdSendTestMutation, type EmailAccount, type Grant } from '../../api/client.ts'
import { principalGrantId } from '../../api/principal-grant.ts'
import { useOnce } from '../../api/use-once.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { namedFix } from '../../components/named-fix.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { StateBadge } from '../../components/state-badge.tsx'
import { words } from '../../words/index.ts'
import { ChooseBackup } from '../email-accounts/backup-sign-in.tsx'
import { ImportProgress } from './import-progress.tsx'
import { PreflightChecks } from './preflight.tsx'

const text = words.setupConnected

/** Progress of an Email Account: import, capabilities, and the link to its mail. */
export function ConnectedAccount({ account, grants }: { account: EmailAccount; grants: readonly Grant[] }) {
  const { id, name, address, kind, state, reason, preflight, cloudProviderId } = account
  const grant = grants.find((one) => one.id === principalGrantId(account))
  return (
    <Section title={`${name} · ${address}`} actions={<StateBadge state={state} />}>
      {reason && (
        <Text size="sm">
          <b>{reason.title}.</b> {namedFix(reason.fix, address, grant?.userName)}
        </Text>
      )}
      <ImportProgress account={account} />
      <Group>
        <ButtonLink to="/inbox">{text.open}</ButtonLink>
        <Anchor component={Link} to={`/email-accounts/${id}`} size="sm">
          {text.details}
        </Anchor>
      </Group>
      {preflight && (
        <PreflightChecks
          checks={preflight.checks}
          address={address}
          userName={grant?.userName}
          sendAction={<SendTest account={account} />}
        />
      )}
      {kind === 'shared' && account.principal.kind === 'grant' && !account.backupSignIn && (
        <Stack gap="xs">
          <Text size="sm" fw={500}>
            {text.backup}
          </Text>
          <ChooseBackup account={account} grants={grants} />
        </Stack>
      )}
      <Stack gap="xs">
        <Text size="sm" fw={500}>
          {text.next}
        </Text>
        <Group gap="xs">
          {grant && !grant.ended && (
            <ButtonLink
              to="/set-up"
              search={{ step: 'd', provider: cloudProviderId, grant: grant.id }}
              size="xs"
              variant="default"
            >
              {text.sameGrant(grant.displayName)}
            </ButtonLink>
          )}
          <ButtonLink to="/set-up" search={{ step: 'c', provider: cloudProviderId }} size="xs" variant="default">
            {text.otherGrant}
          </ButtonLink>
        </Group>
      </Stack>
    </Section>
  )
}

/** Send As can only be checked by sending an email. */
function SendTest({ account: { id, preflight } }: { account: EmailAccount }) {
  const queryClient = useQueryClient()
  const test = useOnce({
    ...postEmailAccountsIdSendTestMutation(),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [{ tags: ['email-accounts'] }] }),
  })
  const isKnown = preflight?.checks.some(({ what, outcome }) => what === 'sends' && outcome === 'ok') ?? false
  return (
    <Stack gap="xs" mt={4} align="flex-start">
      {test.error && <ProblemNotice error={test.error} />}
      {isKnown ? (
        test.isSuccess && (
          <Text size="sm" role="status">
            {text.tested}
          </Text>
        )
      ) : (
        <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate({ path: { id } })}>
          {text.test}
        </Button>
      )}
    </Stack>
  )
}

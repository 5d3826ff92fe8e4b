import { Alert, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { showNotice } from '../../components/show-notice.ts'
import { IconAlertTriangle, IconPlayerPause, IconPlayerPlay, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import {
  getCloudProvidersIdOptions,
  getGrantsOptions,
  postEmailAccountsIdCheckMutation,
  postEmailAccountsIdPauseMutation,
  postEmailAccountsIdResumeMutation,
  type EmailAccount,
} from '../../api/client.ts'
import { awaitedGrantId } from '../../api/principal-grant.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { ExplanationBlock } from '../../components/explanation-block.tsx'
import { Facts } from '../../components/facts.tsx'
import { namedFix } from '../../components/named-fix.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { StateBadge } from '../../components/state-badge.tsx'
import { Time } from '../../components/time.tsx'
import { language, words } from '../../words/index.ts'
import { ImportProgress } from './import-progress.tsx'
import { Found } from './capabilities-section.tsx'
import { RecoveryAction } from './recovery-action.tsx'
import { WaitingActions } from './waiting-actions.tsx'

/** Connection state: since when, the reason, the person who can fix it, and the button that helps. */
export function StateSection({ account }: { account: EmailAccount }) {
  const { state, reason, sending, stateSince, nextTryAt } = account
  const { state: texts, ...labels } = words.emailAccounts
  const path = { id: account.id }
  const refresh = useRefresh('email-accounts')
  const done = (message: string) => async () => {
    showNotice({ message })
    await refresh()
  }
  const pause = useOnce({ ...postEmailAccountsIdPauseMutation(), onSuccess: done(labels.paused) })
  // One call, two actions: connecting again right after resuming is not a double click.
  const resume = useOnce({ ...postEmailAccountsIdResumeMutation(), onSuccess: done(labels.resumed) })
  const connectAgain = useOnce({ ...postEmailAccountsIdResumeMutation(), onSuccess: done(labels.resumed) })
  const check = useOnce({ ...postEmailAccountsIdCheckMutation(), onSuccess: refresh })
  const grants = useQuery(getGrantsOptions())
  const userName = grants.data?.grants.find(({ id }) => id === awaitedGrantId(account))?.userName
  const failure = pause.error ?? resume.error ?? connectAgain.error ?? check.error
  const isDisconnected = reason?.code === 'email_accounts.disconnected'
  const comeBack = isDisconnected ? connectAgain : resume
  return (
    <Section
      title={texts.title}
      actions={
        state === 'paused' ? (
          <Button
            size="xs"
            leftSection={<IconPlayerPlay size={14} aria-hidden />}
            loading={comeBack.isPending}
            onClick={() => comeBack.mutate({ path })}
          >
            {isDisconnected ? labels.connectAgain : labels.resume}
          </Button>
        ) : (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlayerPause size={14} aria-hidden />}
            loading={pause.isPending}
            onClick={() => pause.mutate({ path })}
          >
            {labels.pause}
          </Button>
        )
      }
    >
      <Group gap="xs" role="status">
        <StateBadge state={state} />
        <Text size="sm" c="dimmed">
          {labels.since} <Time at={stateSince} />
        </Text>
        {!reason && <Text size="sm">{sending && state === 'connected' ? texts.receivesOnly : WELL[state]}</Text>}
      </Group>
      {reason && (
        <Alert
          color={state === 'paused' ? 'gray' : 'red'}
          variant="light"
          title={reason.title}
          icon={<IconAlertTriangle aria-hidden />}
        >
          <Stack gap="xs">
            <Text size="sm">{namedFix(reason.fix, account.address, userName)}</Text>
            {account.explanation && <ExplanationBlock explanation={account.explanation} isResponsibleShown />}
            <Facts
              facts={[
                [texts.who, <Who key="who" account={account} />],
                [texts.contacts, <Contacts key="contacts" account={account} />],
                [texts.nextTry, nextTryAt && state !== 'paused' ? <Time key="next" at={nextTryAt} /> : undefined],
              ]}
            />
            {state !== 'paused' && (
              <Group gap="xs">
                <RecoveryAction account={account} />
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconRefresh size={14} aria-hidden />}
                  loading={check.isPending}
                  onClick={() => check.mutate({ path })}
                >
                  {labels.checkAgain}
                </Button>
                <ButtonLink to="/doctor" search={{ account: account.id }} size="xs" variant="default">
                  {words.doctor.open}
                </ButtonLink>
              </Group>
            )}
          </Stack>
        </Alert>
      )}
      {sending && sending.reason.code !== reason?.code && state !== 'paused' && (
        <Alert
          color="red"
          variant="light"
          title={texts.cannotSend(sending.reason.title)}
          icon={<IconAlertTriangle aria-hidden />}
        >
          <Stack gap="xs">
            <Text size="sm">{namedFix(sending.reason.fix, account.address, userName)}</Text>
            <Facts
              facts={[
                [texts.sendsSince, <Time key="since" at={sending.since} />],
                [texts.who, words.remedies[sending.reason.remedy]],
                [texts.contacts, <Contacts key="contacts" account={account} />],
              ]}
            />
          </Stack>
        </Alert>
      )}
      {state !== 'paused' && <WaitingActions account={account} />}
      {check.data?.preflight && <Found preflight={check.data.preflight} />}
      {failure && <ProblemNotice error={failure} />}
      <ImportProgress account={account} />
      <Times account={account} />
    </Section>
  )
}

const WELL: Readonly<Partial<Record<EmailAccount['state'], string>>> = {
  connected: words.emailAccounts.state.well,
  importing: words.emailAccounts.state.importing,
  connecting: words.emailAccounts.state.connecting,
}

/** Shown by name where one is known. */
function Who({ account }: { account: EmailAccount }) {
  const { reason } = account
  const { data } = useQuery(getGrantsOptions())
  if (!reason) return undefined
  const grant = data?.grants.find(({ id }) => id === awaitedGrantId(account))
  if (reason.remedy === 'sign-in' && grant) return words.emailAccounts.state.owner(grant.userName)
  return words.remedies[reason.remedy]
}

/** Contacts of the mailbox and of its registration: Postkey does not notify them here. */
function Contacts({ account: { contact, cloudProviderId = '' } }: { account: EmailAccount }) {
  const { data } = useQuery({
    ...getCloudProvidersIdOptions({ path: { id: cloudProviderId } }),
    enabled: cloudProviderId !== '',
  })
  const people = new Set([contact, data?.contact, data?.deputy].filter((one) => one !== undefined))
  return new Intl.ListFormat(language).format(people)
}

function Times({ account: { completeUpTo, lastReceivedAt, lastSentAt, importFrom } }: { account: EmailAccount }) {
  const { completeUpTo: complete, lastIn, lastOut, never, notYet, state } = words.emailAccounts
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs">
      <Facts
        facts={[
          [complete, completeUpTo ? <Time at={completeUpTo} /> : notYet],
          [state.readsFrom, <Time key="from" at={importFrom} />],
        ]}
      />
      <Facts
        facts={[
          [lastIn, lastReceivedAt ? <Time at={lastReceivedAt} /> : never],
          [lastOut, lastSentAt ? <Time at={lastSentAt} /> : never],
        ]}
      />
    </SimpleGrid>
  )
}

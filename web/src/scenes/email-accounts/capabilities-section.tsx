import { Button, Group, Stack, Text, ThemeIcon } from '@mantine/core'
import { showNotice } from '../../components/show-notice.ts'
import { IconCheck, IconMailForward, IconMinus, IconRefresh, IconX, type Icon } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import {
  getGrantsOptions,
  postEmailAccountsIdCheckMutation,
  postEmailAccountsIdSendTestMutation,
  type EmailAccount,
  type Preflight,
} from '../../api/client.ts'
import { principalGrantId } from '../../api/principal-grant.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { namedFix } from '../../components/named-fix.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { isOutdated } from './outdated-check.ts'

type PreflightCheck = Preflight['checks'][number]

const SIGNS: Readonly<Record<PreflightCheck['outcome'], { color: string; Sign: Icon }>> = {
  ok: { color: 'teal.8', Sign: IconCheck },
  wrong: { color: 'red.8', Sign: IconX },
  'not-tried': { color: 'gray.6', Sign: IconMinus },
}

/** Results of the capability check, with fixes. */
export function CapabilitiesSection({ account }: { account: EmailAccount }) {
  const { preflight, address, state } = account
  const { capabilities: texts, checkAgain } = words.emailAccounts
  const path = { id: account.id }
  const grants = useQuery(getGrantsOptions())
  const userName = grants.data?.grants.find(({ id }) => id === principalGrantId(account))?.userName
  const refresh = useRefresh('email-accounts')
  const check = useOnce({ ...postEmailAccountsIdCheckMutation(), onSuccess: refresh })
  const test = useOnce({
    ...postEmailAccountsIdSendTestMutation(),
    onSuccess: async ({ preflight: after }) => {
      const sends = after?.checks.find(({ what }) => what === 'sends')
      if (sends?.outcome === 'ok') showNotice({ message: texts.tested })
      await refresh()
    },
  })
  const canSend = preflight?.checks.find(({ what }) => what === 'sends')?.outcome === 'ok'
  return (
    <Section
      title={texts.title}
      actions={
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden />}
            loading={check.isPending}
            onClick={() => check.mutate({ path })}
          >
            {checkAgain}
          </Button>
          <ButtonLink to="/doctor" search={{ account: account.id }} size="xs" variant="default">
            {words.doctor.open}
          </ButtonLink>
        </Group>
      }
    >
      {preflight ? (
        <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
          {preflight.checks.map((line) => (
            <CheckLine key={line.what} line={{ ...line, fix: namedFix(line.fix, address, userName) }} />
          ))}
        </Stack>
      ) : (
        <Text size="sm">{texts.none}</Text>
      )}
      {isOutdated(account) && (
        <Text size="sm" role="status">
          {texts.older}
        </Text>
      )}
      <div>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconMailForward size={14} aria-hidden />}
          loading={test.isPending}
          disabled={state === 'paused'}
          onClick={() => test.mutate({ path })}
        >
          {texts.test(address)}
        </Button>
        <Text size="xs" c="dimmed" mt={4} role="status">
          {test.isSuccess && canSend ? texts.testedWhere : canSend ? texts.testAgainHint : texts.testHint}
        </Text>
      </div>
      {(check.error ?? test.error) && <ProblemNotice error={check.error ?? test.error} />}
      {preflight && (
        <Text size="xs" c="dimmed" role="status">
          {texts.checked} <Time at={preflight.checkedAt} />
        </Text>
      )}
      {check.data?.preflight && <Found preflight={check.data.preflight} />}
    </Section>
  )
}

/** Result of a check that the user started. */
export function Found({ preflight: { checks } }: { preflight: Preflight }) {
  return (
    <Text size="sm" fw={500} role="status">
      {words.emailAccounts.capabilities.found(checks.filter(({ outcome }) => outcome === 'wrong').length)}
    </Text>
  )
}

function CheckLine({
  line: { what, outcome, title, fix },
}: {
  line: Omit<PreflightCheck, 'fix'> & { fix: string | undefined }
}) {
  const text = words.emailAccounts.capabilities
  const { color, Sign } = SIGNS[outcome]
  return (
    <Group component="li" gap="xs" wrap="nowrap" align="flex-start">
      <ThemeIcon size="sm" radius="xl" color={color} aria-hidden>
        <Sign size={12} />
      </ThemeIcon>
      <div>
        <Text size="sm">
          {text.what[what]}: <b>{text.outcomes[outcome]}</b>
        </Text>
        {outcome !== 'ok' && title !== undefined && (
          <Text size="sm" c="dimmed">
            {title}. {fix}
          </Text>
        )}
      </div>
    </Group>
  )
}

import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconLogin } from '@tabler/icons-react'
import { postAuthorizationsMutation, type Grant } from '../../api/client.ts'
import { useOnce } from '../../api/use-once.ts'
import { CONSENT_REQUIRED, ConsentLinkButton } from '../../components/consent-link-button.tsx'
import { ExplanationBlock } from '../../components/explanation-block.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

const text = words.cloudProviders.grants

/** Problem of a sign-in, its start, the person who can fix it, and the button if there is one. */
export function GrantTrouble({ grant }: { grant: Grant }) {
  const { id, cloudProviderId, reason, state, stateSince, nextTryAt, userName } = grant
  const begin = useOnce({ ...postAuthorizationsMutation(), onSuccess: ({ url }) => location.assign(url) })
  if (!reason) return undefined
  return (
    <Alert
      color={state === 'degraded' ? 'yellow' : 'red'}
      variant="light"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title={reason.title}
      my="xs"
    >
      <Stack gap="xs">
        <Text size="sm">{reason.fix}</Text>
        {grant.explanation && <ExplanationBlock explanation={grant.explanation} />}
        <Text size="sm" c="dimmed">
          {text.troubleSince} <Time at={stateSince} />
          {nextTryAt && (
            <>
              {' '}
              · {text.nextTry} <Time at={nextTryAt} />
            </>
          )}
        </Text>
        {state === 'needs-sign-in' && (
          <Group>
            <Button
              size="xs"
              leftSection={<IconLogin size={14} aria-hidden />}
              // Until the browser has left this page.
              loading={begin.isPending || begin.isSuccess}
              onClick={() => begin.mutate({ body: { cloudProviderId, kind: 'sign-in', reconnectGrantId: id } })}
            >
              {words.emailAccounts.signInAgain(userName)}
            </Button>
          </Group>
        )}
        {reason.code === CONSENT_REQUIRED && (
          <Group>
            <ConsentLinkButton cloudProviderId={cloudProviderId} />
          </Group>
        )}
        {begin.error && <ProblemNotice error={begin.error} />}
      </Stack>
    </Alert>
  )
}

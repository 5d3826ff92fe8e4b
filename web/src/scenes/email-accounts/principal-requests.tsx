import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { showNotice } from '../../components/show-notice.ts'
import { IconUserQuestion } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import {
  deleteEmailAccountsIdPrincipalRequestsRequestIdMutation,
  getEmailAccountsIdPrincipalRequestsOptions,
  getGrantsOptions,
  postAuthorizationsMutation,
  postEmailAccountsIdPrincipalRequestsRequestIdAcceptMutation,
  postEmailAccountsIdPrincipalRequestsRequestIdTry,
  type EmailAccount,
  type PrincipalRequest,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { Facts } from '../../components/facts.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { PreflightChecks } from '../setup/preflight.tsx'

const text = words.emailAccounts.access

/** Sign-ins by users other than the current principal, for the admin to accept or reject. */
export function PrincipalRequests({ account }: { account: EmailAccount }) {
  const { data, error, refetch } = useQuery(getEmailAccountsIdPrincipalRequestsOptions({ path: { id: account.id } }))
  if (error && !data) return <ProblemNotice error={error} onRetry={() => void refetch()} />
  return data?.requests.map((request) => <RegistrationRequest key={request.id} account={account} request={request} />)
}

function RegistrationRequest({ account, request }: { account: EmailAccount; request: PrincipalRequest }) {
  const { userName, displayName, tenantId, objectId, createdAt, expiresAt, startedBy, expectedGrantId } = request
  const { data } = useQuery(getGrantsOptions())
  const expected = data?.grants.find(({ id }) => id === expectedGrantId)
  const [isOpen, { open, close }] = useDisclosure(false)
  const refresh = useRefresh('email-accounts')
  const begin = useOnce({ ...postAuthorizationsMutation(), onSuccess: ({ url }) => location.assign(url) })
  const dismiss = useOnce({
    ...deleteEmailAccountsIdPrincipalRequestsRequestIdMutation(),
    onSuccess: async () => {
      showNotice({ message: text.dismissed })
      await refresh()
    },
  })
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // The link comes from the page after the sign-in, so scroll to it.
    if (location.hash === '#principal-request') place.current?.scrollIntoView({ block: 'center' })
  }, [])
  const body = {
    cloudProviderId: account.cloudProviderId ?? '',
    kind: 'sign-in' as const,
    requestedAddress: account.address,
    reconnectGrantId: expectedGrantId,
    switchAccount: true,
  }
  return (
    <Alert
      ref={place}
      id="principal-request"
      color="yellow"
      variant="outline"
      title={text.request(`${displayName} (${userName})`, expected?.displayName)}
      icon={<IconUserQuestion aria-hidden />}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
    >
      <Stack gap="xs">
        <Text size="sm">{text.requestSentence(account.address)}</Text>
        <Facts
          facts={[
            [text.requestFacts.when, <Time key="when" at={createdAt} />],
            [text.requestFacts.how, startedBy.startsWith('link:') ? text.requestByLink : text.requestHere],
            [text.requestFacts.object, objectId],
            [text.requestFacts.organization, tenantId],
            [text.requestFacts.until, <Time key="until" at={expiresAt} />],
          ]}
        />
        <Group gap="xs">
          <Button size="xs" onClick={open}>
            {text.letIn(displayName)}
          </Button>
          {expected && (
            <Button
              size="xs"
              variant="default"
              loading={begin.isPending || begin.isSuccess}
              onClick={() => begin.mutate({ body })}
            >
              {text.signInAs(expected.userName)}
            </Button>
          )}
          <Button
            size="xs"
            variant="default"
            loading={dismiss.isPending}
            onClick={() => dismiss.mutate({ path: { id: account.id, requestId: request.id } })}
          >
            {text.dismiss}
          </Button>
        </Group>
        {(begin.error ?? dismiss.error) && <ProblemNotice error={begin.error ?? dismiss.error} />}
      </Stack>
      <LetIn account={account} request={request} expected={expected?.displayName} opened={isOpen} onClose={close} />
    </Alert>
  )
}

interface LetInProps {
  account: EmailAccount
  request: PrincipalRequest
  expected: string | undefined
  opened: boolean
  onClose: () => void
}

/** Checks the user's access before the change can be confirmed. */
function LetIn({ account: { id, address }, request, expected = '', opened, onClose }: LetInProps) {
  const { id: requestId, displayName, userName } = request
  const refresh = useRefresh('email-accounts', 'grants')
  const path = { id, requestId }
  const trial = useQuery({
    queryKey: ['principal-request-trial', requestId],
    queryFn: async () => (await postEmailAccountsIdPrincipalRequestsRequestIdTry({ path })).data,
    enabled: opened,
    gcTime: 0,
    retry: false,
  })
  const accept = useOnce({
    ...postEmailAccountsIdPrincipalRequestsRequestIdAcceptMutation(),
    onSuccess: async () => {
      onClose()
      showNotice({ message: text.letInDone(displayName) })
      await refresh()
    },
  })
  const reads = trial.data?.checks.find(({ what }) => what === 'reads')?.outcome
  const isKept = trial.data !== undefined && reads !== 'ok'
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={text.letInTitle(displayName, address)}
      {...(isKept && { sentence: text.couldNot(displayName) })}
      removes={isKept ? [] : text.letInRemoves(expected)}
      keeps={isKept ? [] : text.letInKeeps(expected)}
      confirm={text.letIn(displayName)}
      onConfirm={() => accept.mutate({ path })}
      busy={accept.isPending}
      waiting={reads !== 'ok'}
      error={accept.error ?? trial.error}
    >
      {trial.isFetching && !trial.data && (
        <>
          <Text size="sm" role="status">
            {text.trying}
          </Text>
          <LoadingRows rows={2} height={20} />
        </>
      )}
      {trial.data && (
        <PreflightChecks
          checks={trial.data.checks.filter(({ what }) => what !== 'sends')}
          address={address}
          userName={userName}
        />
      )}
    </ConfirmDialog>
  )
}

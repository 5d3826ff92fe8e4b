import { Button, Code, Group, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import {
  postConnectSessionsBeginMutation,
  postConnectSessionsLeaveMutation,
  postConnectSessionsPreview,
  type ConnectSessionPreview,
} from '../../api/client.ts'
import { Facts } from '../../components/facts.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { EntryPage } from '../entry/entry-page.tsx'
import { useLinkToken } from '../entry/link-token.ts'
import { LinkPage } from './link-page.tsx'
import { SignInSteps } from './sign-in-steps.tsx'

const WIDE = 560
const LOGO_HEIGHT = 40
const text = words.guests.connect

/** Page of a connect session: who asks for the mailbox, for what, and one button. */
export function GuestConnect() {
  const token = useLinkToken('connect')
  const session = useQuery({
    queryKey: ['guest-connect', token],
    queryFn: async () => (await postConnectSessionsPreview({ body: { token: token! } })).data,
    enabled: token !== undefined,
    staleTime: Infinity,
  })
  return (
    <LinkPage token={token} preview={session} size={WIDE}>
      {(preview, known) => <Request session={preview} token={known} onNoReturn={() => void session.refetch()} />}
    </LinkPage>
  )
}

interface RequestProps {
  session: ConnectSessionPreview
  token: string
  /** The program's address was removed since the page was loaded. */
  onNoReturn: () => void
}

function Request({ session, token, onNoReturn }: RequestProps) {
  const { displayName, kind, requestedAddress, cloudProviderName, clientId, expiresAt, permissions, returnsTo } =
    session
  const { facts } = words.guests.signIn
  const begin = useMutation({ ...postConnectSessionsBeginMutation(), onSuccess: ({ url }) => location.assign(url) })
  const leave = useMutation({
    ...postConnectSessionsLeaveMutation(),
    onSuccess: ({ url }) => {
      if (url === undefined) onNoReturn()
      else location.assign(url)
    },
  })
  return (
    <EntryPage
      title={text.title(requestedAddress)}
      sentence={text.sentence(displayName, requestedAddress)}
      size={WIDE}
      brand={<Brand session={session} />}
    >
      <Text size="sm">{text.who[kind](requestedAddress)}</Text>
      <Facts
        facts={[
          [facts.by, displayName],
          [facts.mailbox, requestedAddress],
          [
            text.application,
            <span key="client">
              {cloudProviderName}, <Code>{clientId}</Code>
            </span>,
          ],
          [text.returns, returnsTo],
          [facts.until, <Time key="until" at={expiresAt} />],
        ]}
      />
      <SignInSteps steps={text.happens(displayName, requestedAddress)} permissions={permissions} />
      {leave.isSuccess && leave.data.url === undefined && (
        <Text size="sm" role="status">
          {text.noReturn(displayName)}
        </Text>
      )}
      {(begin.error ?? leave.error) && <ProblemNotice error={begin.error ?? leave.error} />}
      <Group gap="xs">
        <Button loading={begin.isPending || begin.isSuccess} onClick={() => begin.mutate({ body: { token } })}>
          {text.button}
        </Button>
        {returnsTo !== undefined && (
          <Button variant="default" loading={leave.isPending} onClick={() => leave.mutate({ body: { token } })}>
            {text.leave(displayName)}
          </Button>
        )}
      </Group>
    </EntryPage>
  )
}

function Brand({ session: { displayName, logo } }: { session: ConnectSessionPreview }) {
  return (
    <Group gap="sm" wrap="nowrap">
      {logo !== undefined && <img src={`data:image/png;base64,${logo}`} alt="" height={LOGO_HEIGHT} />}
      <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
        {displayName}
      </Text>
    </Group>
  )
}

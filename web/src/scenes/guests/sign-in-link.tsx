import { Button, Code, Group, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import {
  postSignInLinksBeginDeviceMutation,
  postSignInLinksBeginMutation,
  postSignInLinksPreview,
  type SignInLinkPreview,
} from '../../api/client.ts'
import { DeviceSignIn } from '../../components/device-sign-in.tsx'
import { Facts } from '../../components/facts.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { EntryPage } from '../entry/entry-page.tsx'
import { useLinkToken } from '../entry/link-token.ts'
import { LinkPage } from './link-page.tsx'
import { SignInSteps } from './sign-in-steps.tsx'

const WIDE = 560
const text = words.guests.signIn

/** Page of a sign-in link: the requester, the mailbox, the purpose, and one button. */
export function GuestSignIn() {
  const token = useLinkToken('sign-in-link')
  const link = useQuery({
    queryKey: ['guest-sign-in', token],
    queryFn: async () => (await postSignInLinksPreview({ body: { token: token! } })).data,
    enabled: token !== undefined,
    staleTime: Infinity,
  })
  return (
    <LinkPage token={token} preview={link} size={WIDE}>
      {(preview, known) => <Request link={preview} token={known} />}
    </LinkPage>
  )
}

function Request({ link, token }: { link: SignInLinkPreview; token: string }) {
  const {
    kind,
    createdBy,
    cloudProviderName,
    clientId,
    requestedAddress,
    expectedUserName,
    expiresAt,
    permissions,
    allowsDeviceCode,
  } = link
  // The token stays valid until Microsoft's response, so a guest who cancels there can open the page again.
  const begin = useMutation({ ...postSignInLinksBeginMutation(), onSuccess: ({ url }) => location.assign(url) })
  const code = useMutation(postSignInLinksBeginDeviceMutation())
  const address = requestedAddress ?? text.noAddress
  return (
    <EntryPage
      title={text.titles[kind](address)}
      sentence={text.sentences[kind](createdBy, address, cloudProviderName)}
      size={WIDE}
    >
      <Text size="sm">{text.who[kind](expectedUserName)}</Text>
      <Facts
        facts={[
          [text.facts.by, createdBy],
          [text.facts.mailbox, requestedAddress],
          [text.facts.as, expectedUserName],
          [text.facts.application, <Code key="client">{clientId}</Code>],
          [text.facts.until, <Time key="until" at={expiresAt} />],
        ]}
      />
      <SignInSteps steps={text.happens[kind](createdBy, address)} permissions={permissions} />
      {begin.error && <ProblemNotice error={begin.error} />}
      {code.error && <ProblemNotice error={code.error} />}
      {code.data ? (
        <DeviceSignIn begun={code.data} />
      ) : (
        <Group gap="xs">
          <Button loading={begin.isPending || begin.isSuccess} onClick={() => begin.mutate({ body: { token } })}>
            {text.button}
          </Button>
          {allowsDeviceCode && (
            <Button variant="default" loading={code.isPending} onClick={() => code.mutate({ body: { token } })}>
              {text.codeButton}
            </Button>
          )}
        </Group>
      )}
    </EntryPage>
  )
}

import { Button, Group, Stack, Text } from '@mantine/core'
import { IconLogin } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import {
  getGrantsOptions,
  postAuthorizationsMutation,
  type EmailAccount,
  type PostAuthorizationsData,
} from '../../api/client.ts'
import { principalGrantId } from '../../api/principal-grant.ts'
import { toProblem } from '../../api/problem.ts'
import { useOnce } from '../../api/use-once.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'

const text = words.connection.allow

/** Codes of Microsoft while the permission for the protocol is missing. */
const NOT_ALLOWED: ReadonlySet<string> = new Set(['tokens.scope_not_granted', 'tokens.consent_required'])

type RequestedProtocol = NonNullable<PostAuthorizationsData['body']['alsoBy']>[number]

export function isNotAllowed(error: unknown): boolean {
  return error != null && NOT_ALLOWED.has(toProblem(error).code)
}

/** Options when the current sign-in does not allow the protocol; the current connection stays in use. */
export function AllowProtocol({ account, protocol }: { account: EmailAccount; protocol: RequestedProtocol }) {
  const { data } = useQuery(getGrantsOptions())
  const grant = data?.grants.find(({ id }) => id === principalGrantId(account))
  if (!grant) return <Text size="sm">{text.application}</Text>
  return (
    <Stack gap="xs">
      <Text size="sm">{text.sentence}</Text>
      <Group gap="xs">
        <Begin account={account} protocol={protocol} kind="admin-consent" grantId={grant.id} label={text.consent} />
        <Begin
          account={account}
          protocol={protocol}
          kind="sign-in"
          grantId={grant.id}
          label={text.signIn(grant.userName)}
        />
      </Group>
    </Stack>
  )
}

interface BeginProps {
  account: EmailAccount
  protocol: RequestedProtocol
  kind: PostAuthorizationsData['body']['kind']
  /** Starts another sign-in, immediately or after the consent. */
  grantId: string
  label: string
}

function Begin({ account, protocol, kind, grantId, label }: BeginProps) {
  const begin = useOnce({ ...postAuthorizationsMutation(), onSuccess: ({ url }) => location.assign(url) })
  const { cloudProviderId = '', address: requestedAddress, kind: requestedKind } = account
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconLogin size={14} aria-hidden />}
        // Until the browser has left this page.
        loading={begin.isPending || begin.isSuccess}
        onClick={() =>
          begin.mutate({
            body: {
              cloudProviderId,
              kind,
              requestedAddress,
              requestedKind,
              alsoBy: [protocol],
              reconnectGrantId: grantId,
            },
          })
        }
      >
        {label}
      </Button>
      {begin.error && <ProblemNotice error={begin.error} />}
    </>
  )
}

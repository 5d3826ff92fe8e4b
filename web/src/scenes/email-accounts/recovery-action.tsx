import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconCloud, IconLink, IconLogin } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getGrantsOptions, postAuthorizationsMutation, type EmailAccount, type Grant } from '../../api/client.ts'
import { awaitedGrantId } from '../../api/principal-grant.ts'
import { useOnce } from '../../api/use-once.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { SignInLinkDialog } from './sign-in-link-dialog.tsx'

/** Codes fixed by consent of the organization, not by another sign-in. */
const CONSENT_HELPS: ReadonlySet<string> = new Set(['tokens.consent_required', 'tokens.scope_not_granted'])

/**
 * Action that reconnects the mailbox: the same user signs in again, here or with a link; an Entra admin consents; or a
 * secret is entered.
 */
export function RecoveryAction({ account }: { account: EmailAccount }) {
  const grants = useQuery(getGrantsOptions())
  const grant = grants.data?.grants.find(({ id }) => id === awaitedGrantId(account))
  const { code = '', remedy, scope } = account.reason ?? {}
  if (remedy === 'admin' && scope === 'registration') {
    return (
      <ButtonLink
        to="/cloud-providers/$cloudProviderId"
        params={{ cloudProviderId: account.cloudProviderId ?? '' }}
        size="xs"
        leftSection={<IconCloud size={14} aria-hidden />}
      >
        {words.emailAccounts.openProvider}
      </ButtonLink>
    )
  }
  if (!grant) return undefined
  if (CONSENT_HELPS.has(code)) return <Ways account={account} grant={grant} kind="admin-consent" />
  if (remedy === 'sign-in') return <Ways account={account} grant={grant} kind="sign-in" />
  return undefined
}

function Ways({ account, grant, kind }: { account: EmailAccount; grant: Grant; kind: 'sign-in' | 'admin-consent' }) {
  const [linking, { open, close }] = useDisclosure(false)
  const begin = useOnce({ ...postAuthorizationsMutation(), onSuccess: ({ url }) => location.assign(url) })
  const { signInAgain, consent, makeLink } = words.emailAccounts
  const body = {
    cloudProviderId: account.cloudProviderId ?? grant.cloudProviderId,
    kind,
    requestedAddress: account.address,
    ...(kind === 'sign-in' && { reconnectGrantId: grant.id }),
  }
  return (
    <>
      <Button
        size="xs"
        leftSection={<IconLogin size={14} aria-hidden />}
        // Until the browser has left this page.
        loading={begin.isPending || begin.isSuccess}
        onClick={() => begin.mutate({ body })}
      >
        {kind === 'sign-in' ? signInAgain(grant.userName) : consent}
      </Button>
      <Button size="xs" variant="default" leftSection={<IconLink size={14} aria-hidden />} onClick={open}>
        {makeLink}
      </Button>
      {begin.error && <ProblemNotice error={begin.error} />}
      <SignInLinkDialog opened={linking} onClose={close} order={body} userName={grant.userName} />
    </>
  )
}

import { Stack, Text } from '@mantine/core'
import type { CloudProvider } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { words } from '../../words/index.ts'
import { AssociateForm } from './associate-form.tsx'
import { ConnectedAccount } from './connected-account.tsx'
import type { Known } from './path-state.ts'
import type { SetupSearch } from './setup-search.ts'

const text = words.setupAssociate

interface AssociateStepProps {
  known: Known
  provider: CloudProvider | undefined
  search: SetupSearch
}

/** Step D: the mailbox becomes an Email Account; afterwards, its progress. */
export function AssociateStep({ known, provider, search }: AssociateStepProps) {
  const { accounts, grants } = known
  const address = search.address?.toLowerCase()
  const wanted = accounts.find((account) => account.address.toLowerCase() === address)
  if (wanted) return <ConnectedAccount account={wanted} grants={grants} />

  const alive = grants.filter(({ cloudProviderId, ended }) => cloudProviderId === provider?.id && !ended)
  if (!provider || (alive.length === 0 && provider.application === undefined)) {
    return (
      <EmptyState title={text.needsGrant} sentence={words.setupAuthenticate.sentence}>
        <ButtonLink
          to="/set-up"
          search={{
            step: 'c',
            ...(provider && { provider: provider.id }),
            ...(address && { address }),
            ...(search.kind && { kind: search.kind }),
          }}
        >
          {text.toC}
        </ButtonLink>
      </EmptyState>
    )
  }
  // Without a mailbox in mind, existing ones come first.
  const own = accounts.filter(({ cloudProviderId }) => cloudProviderId === provider.id)
  if (search.grant === undefined && address === undefined && !search.another && own.length > 0) {
    return own.map((account) => <ConnectedAccount key={account.id} account={account} grants={grants} />)
  }
  return (
    <Stack>
      <Text>{text.sentence}</Text>
      <AssociateForm
        key={`${search.grant ?? ''} ${address ?? ''}`}
        provider={provider}
        grants={alive}
        grantId={search.grant}
        address={search.address ?? ''}
        kind={search.kind}
        takenKeys={accounts.map(({ key }) => key)}
      />
    </Stack>
  )
}

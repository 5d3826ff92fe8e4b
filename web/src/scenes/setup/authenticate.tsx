import { Stack, Text, Title } from '@mantine/core'
import type { CloudProvider } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { words } from '../../words/index.ts'
import { ByApplication } from './by-application.tsx'
import { GrantChoice } from './grant-choice.tsx'
import { hasConsent, mayOpenByItself, type Known } from './path-state.ts'
import { NEW, type SetupSearch } from './setup-search.ts'
import { SignInForm } from './sign-in-form.tsx'
import { SignInLinks } from './sign-in-links.tsx'
import { useRequestedAddress } from './requested-address.ts'

const text = words.setupAuthenticate

interface AuthenticateStepProps {
  known: Known
  provider: CloudProvider | undefined
  search: SetupSearch
}

/** Step C: a user signs in at Microsoft, here or elsewhere, which creates a grant. */
export function AuthenticateStep({ known, provider, search }: AuthenticateStepProps) {
  const connected = known.accounts.map(({ address }) => address)
  const wanted = useRequestedAddress(provider?.id, connected, search)
  if (!provider) {
    return (
      <EmptyState title={text.needsProvider} sentence={words.setup.provider.sentence}>
        <ButtonLink to="/set-up" search={{ step: 'b', provider: NEW }}>
          {words.setupAssociate.toB}
        </ButtonLink>
      </EmptyState>
    )
  }
  const ofProvider = ({ cloudProviderId }: { cloudProviderId?: string | undefined }) => cloudProviderId === provider.id
  const grants = known.grants.filter(ofProvider)
  return (
    <Stack>
      <ByApplication provider={provider} wanted={wanted} />
      {provider.application !== undefined && (
        <Title order={3} size="h4">
          {words.setupByApplication.orPeople}
        </Title>
      )}
      <Text>{text.sentence}</Text>
      <GrantChoice grants={grants} wanted={wanted} />
      <SignInForm
        provider={provider}
        isFirst={grants.length === 0 && !hasConsent(known, provider)}
        // Another sign-in method resets the form.
        key={search.way}
        wanted={wanted}
        way={search.way}
        isSecond={mayOpenByItself(provider)}
      />
      <SignInLinks links={known.signInLinks.filter(ofProvider)} />
    </Stack>
  )
}

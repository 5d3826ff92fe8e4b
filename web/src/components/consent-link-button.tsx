import { words } from '../words/index.ts'
import { ButtonLink } from './button-link.tsx'

export const CONSENT_REQUIRED = 'tokens.consent_required'

/** To the form that makes a consent link for an Entra admin, wherever a fix tells to send one. */
export function ConsentLinkButton({ cloudProviderId }: { cloudProviderId: string }) {
  return (
    <ButtonLink to="/set-up" search={{ step: 'c', provider: cloudProviderId, way: 'adminLink' }} size="xs">
      {words.setup.authenticate.sendConsentLink}
    </ButtonLink>
  )
}

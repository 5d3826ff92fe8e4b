import { words } from '../words/index.ts'
import { ButtonLink } from './button-link.tsx'

export const CONSENT_REQUIRED = 'tokens.consent_required'

/** Leads to the form for a consent link, wherever a fix recommends one. */
export function ConsentLinkButton({ cloudProviderId }: { cloudProviderId: string }) {
  return (
    <ButtonLink to="/set-up" search={{ step: 'c', provider: cloudProviderId, way: 'adminLink' }} size="xs">
      {words.setupAuthenticate.sendConsentLink}
    </ButtonLink>
  )
}

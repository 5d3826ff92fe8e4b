import { defineFault } from '../fault.ts'

export const consentWithdrawn = defineFault({
  name: 'consent-withdrawn',
  title: 'Consent withdrawn',
  part: 'entra-id',
  what: 'Somebody removed the consent to the application. Refreshing is refused; the next sign-in asks for consent again, and who may give it decides the tenant’s policy.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token (refresh_token)', 'authorize (consent page)'],
  evidence: '§C.2 65001 [O]',
  sparesNewer: true,
  effects: {
    'entra.consented': () => ({ code: 65001 }),
    'entra.consent': () => 'ask-again',
  },
})

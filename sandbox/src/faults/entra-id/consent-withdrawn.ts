import { defineFault } from '../fault.ts'

export const consentWithdrawn = defineFault({
  name: 'consent-withdrawn',
  title: 'Consent revoked',
  part: 'entra-id',
  what: 'The consent to the application was revoked. Entra ID rejects refresh requests. The next sign-in asks for consent again. The tenant’s policy decides which users can grant it.',
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

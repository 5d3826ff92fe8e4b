import { defineFault } from '../fault.ts'

export const userConsentAdminOnly = defineFault({
  name: 'user-consent-admin-only',
  title: 'Users may not consent',
  part: 'entra-id',
  what: 'The tenant lets nobody but admins consent to applications. Consents given before go on; a sign-in that needs a new one ends at “Need admin approval”.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['authorize (page “Need admin approval”)'],
  evidence: '§D.6 [D], §C.2 90094 [?]',
  sparesNewer: true,
  effects: { 'entra.consent': () => 'only-admins-decide' },
})

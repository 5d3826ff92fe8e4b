import { defineFault } from '../fault.ts'

export const userConsentAdminOnly = defineFault({
  name: 'user-consent-admin-only',
  title: 'User consent disabled',
  part: 'entra-id',
  what: 'The tenant allows only admins to grant consent to applications. Existing consents remain valid. A sign-in that needs a new consent stops at the “Need admin approval” page.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['authorize (page “Need admin approval”)'],
  evidence: '§D.6 [D], §C.2 90094 [?]',
  sparesNewer: true,
  effects: { 'entra.consent': () => 'only-admins-decide' },
})

import { defineFault } from '../fault.ts'

export const needAdminApproval = defineFault({
  name: 'need-admin-approval',
  title: 'Need admin approval',
  part: 'entra-id',
  what: 'The consent to the application was revoked, and only an admin can grant it again. Entra ID rejects refresh requests. A sign-in stops at the “Need admin approval” page until an admin grants consent.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token (refresh_token)', 'authorize (page “Need admin approval”)'],
  evidence: '§C.2 65001 [O], 90094 [?]',
  sparesNewer: true,
  effects: {
    'entra.consented': () => ({ code: 65001 }),
    'entra.consent': () => 'admins-approve-anew',
  },
})

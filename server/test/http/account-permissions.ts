/** Permissions of the routes of email accounts. */
import { newId } from '../../src/kernel/ids.ts'
import { ADMIN_READ, ADMIN_WRITE, IN_PERSON, read, type Row, type Thing } from './permission-row.ts'

const ACCOUNT = { of: ({ account }: Thing) => ({ path: { id: account.id } }) }
const NO_REQUEST = { of: ({ account }: Thing) => ({ path: { id: account.id, requestId: newId() } }) }
const EXAMINED = { of: ({ account }: Thing) => ({ path: { id: account.id }, body: {} }) }
const address = (account: Thing['account']) => ({
  address: 'new@contoso.example',
  kind: 'shared',
  grantId: account.grantId,
})

export const ACCOUNT_PERMISSIONS: Readonly<Record<string, Row>> = {
  'GET /v1/email-accounts': { ...read, auditors: true },
  'POST /v1/email-accounts': {
    ...IN_PERSON,
    of: ({ account }) => ({
      body: { ...address(account), name: 'New', key: 'NEW', contact: 'admin@contoso.example' },
    }),
  },
  'POST /v1/email-accounts/import-preview': {
    ...IN_PERSON,
    of: ({ account }) => ({ body: { ...address(account), days: [30] } }),
  },
  'DELETE /v1/email-accounts/:id': { ...ADMIN_WRITE, named: true, of: () => ({ path: { id: newId() } }) },
  'GET /v1/email-accounts/:id': { ...read, auditors: true, named: true, ...ACCOUNT },
  'PATCH /v1/email-accounts/:id': {
    ...IN_PERSON,
    named: true,
    of: ({ account }) => ({ path: { id: account.id }, body: { name: 'Renamed' } }),
  },
  'GET /v1/email-accounts/:id/closing': { ...ADMIN_READ, named: true, ...ACCOUNT },
  'GET /v1/email-accounts/:id/closing-preview': {
    ...ADMIN_READ,
    named: true,
    of: ({ account }) => ({ path: { id: account.id }, query: '?olderThanDays=2' }),
  },
  'POST /v1/email-accounts/:id/closing': {
    ...ADMIN_WRITE,
    named: true,
    of: ({ account }) => ({ path: { id: account.id }, body: { olderThanDays: 2 } }),
  },
  'POST /v1/email-accounts/:id/closing/undo': { ...ADMIN_WRITE, named: true, of: () => ({ path: { id: newId() } }) },
  'GET /v1/email-accounts/:id/retention': { ...ADMIN_READ, named: true, ...ACCOUNT },
  'GET /v1/email-accounts/:id/retention/preview': {
    ...ADMIN_READ,
    named: true,
    of: ({ account }) => ({ path: { id: account.id }, query: '?messagesDays=365' }),
  },
  'PUT /v1/email-accounts/:id/retention': {
    ...ADMIN_WRITE,
    named: true,
    of: ({ account }) => ({
      path: { id: account.id },
      body: { messagesDays: 365, sourcesDays: null, attachmentsDays: null },
    }),
  },
  'POST /v1/erasures/preview': { ...ADMIN_WRITE, of: () => ({ body: { addresses: ['anna@fabrikam.example'] } }) },
  'POST /v1/erasures': {
    ...ADMIN_WRITE,
    of: () => ({ body: { addresses: ['anna@fabrikam.example'], confirm: 'anna@fabrikam.example' } }),
  },
  'GET /v1/erasures': ADMIN_READ,
  'GET /v1/erasures/:id': { ...ADMIN_READ, of: () => ({ path: { id: newId() } }) },
  'GET /v1/erasures/:id/report.txt': { ...ADMIN_READ, of: () => ({ path: { id: newId() } }) },
  'GET /v1/retention': ADMIN_READ,
  'GET /v1/retention/preview': { ...ADMIN_READ, of: () => ({ query: '?auditDays=365' }) },
  'PUT /v1/retention': {
    ...IN_PERSON,
    of: () => ({ body: { eventsDays: null, alertsDays: null, auditDays: 365, signInsDays: null } }),
  },
  'POST /v1/email-accounts/:id/check': { ...ADMIN_WRITE, named: true, ...ACCOUNT },
  'POST /v1/email-accounts/:id/doctor': { ...ADMIN_WRITE, named: true, ...EXAMINED },
  'POST /v1/email-accounts/:id/doctor/stream': { ...ADMIN_WRITE, named: true, ...EXAMINED },
  'POST /v1/email-accounts/:id/disconnect': { ...ADMIN_WRITE, named: true, ...ACCOUNT },
  'GET /v1/email-accounts/:id/folders': { ...ADMIN_READ, named: true, ...ACCOUNT },
  'PUT /v1/email-accounts/:id/folders': {
    ...ADMIN_WRITE,
    named: true,
    of: ({ account }) => ({ path: { id: account.id }, body: { folderRemoteIds: ['AAA='] } }),
  },
  'GET /v1/email-accounts/:id/health': {
    ...read,
    auditors: true,
    named: true,
    of: ({ account }) => ({ path: { id: account.id }, query: '?day=2026-01-01' }),
  },
  'GET /v1/email-accounts/:id/automatic-reply': { ...read, named: true, ...ACCOUNT },
  'PUT /v1/email-accounts/:id/automatic-reply': {
    ...IN_PERSON,
    named: true,
    of: ({ account }) => ({ path: { id: account.id }, body: { isOn: false, subject: 'Re: {subject}', text: 'Hi' } }),
  },
  'GET /v1/email-accounts/:id/actions': { ...ADMIN_READ, named: true, ...ACCOUNT },
  'PATCH /v1/email-accounts/:id/actions': {
    ...ADMIN_WRITE,
    named: true,
    of: ({ account }) => ({ path: { id: account.id }, body: { marksRead: false } }),
  },
  'POST /v1/email-accounts/:id/actions/retry': { ...ADMIN_WRITE, named: true, ...ACCOUNT },
  'GET /v1/email-accounts/:id/identities': { ...read, named: true, ...ACCOUNT },
  'POST /v1/email-accounts/:id/identities': {
    ...IN_PERSON,
    named: true,
    of: ({ account }) => ({ path: { id: account.id }, body: { name: 'Sales', address: 'sales@contoso.example' } }),
  },
  'PATCH /v1/email-accounts/:id/identities/:identityId': {
    ...IN_PERSON,
    named: true,
    of: ({ account }) => ({ path: { id: account.id, identityId: account.id }, body: { name: 'Sales' } }),
  },
  'DELETE /v1/email-accounts/:id/identities/:identityId': {
    ...IN_PERSON,
    named: true,
    of: ({ account }) => ({ path: { id: account.id, identityId: account.id } }),
  },
  'POST /v1/email-accounts/:id/aliases': {
    ...ADMIN_WRITE,
    named: true,
    of: ({ account }) => ({ path: { id: account.id }, body: { address: 'sales@contoso.example' } }),
  },
  'POST /v1/email-accounts/:id/aliases/read': { ...ADMIN_WRITE, named: true, ...ACCOUNT },
  'POST /v1/email-accounts/:id/aliases/:address/try': {
    ...ADMIN_WRITE,
    named: true,
    of: ({ account }) => ({ path: { id: account.id, address: 'sales@contoso.example' } }),
  },
  'DELETE /v1/email-accounts/:id/aliases/:address': {
    ...ADMIN_WRITE,
    named: true,
    of: ({ account }) => ({ path: { id: account.id, address: 'sales@contoso.example' } }),
  },
  'GET /v1/email-accounts/:id/import': { ...read, named: true, ...ACCOUNT },
  'GET /v1/email-accounts/:id/sender-checks': { ...ADMIN_READ, named: true, ...ACCOUNT },
  'GET /v1/email-accounts/:id/quarantine': { ...read, named: true, ...ACCOUNT },
  'GET /v1/email-accounts/:id/reconciliation': { ...read, named: true, ...ACCOUNT },
  'GET /v1/email-accounts/:id/limits': { ...read, named: true, ...ACCOUNT },
  'GET /v1/email-accounts/:id/members': { ...read, named: true, ...ACCOUNT },
  'POST /v1/email-accounts/:id/pause': { ...ADMIN_WRITE, named: true, ...ACCOUNT },
  'GET /v1/email-accounts/:id/removal': { ...ADMIN_READ, named: true, ...ACCOUNT },
  'POST /v1/email-accounts/:id/resume': { ...ADMIN_WRITE, named: true, ...ACCOUNT },
  'POST /v1/email-accounts/:id/send-test': { ...ADMIN_WRITE, named: true, ...ACCOUNT },
  'GET /v1/email-accounts/:id/outbox': { ...read, named: true, ...ACCOUNT },
  'POST /v1/email-accounts/folders': { ...IN_PERSON, of: ({ account }) => ({ body: address(account) }) },
  'POST /v1/email-accounts/preflight': { ...IN_PERSON, of: ({ account }) => ({ body: address(account) }) },
  'GET /v1/email-accounts/:id/principal-requests': { ...ADMIN_READ, named: true, ...ACCOUNT },
  'DELETE /v1/email-accounts/:id/principal-requests/:requestId': { ...IN_PERSON, named: true, ...NO_REQUEST },
  'POST /v1/email-accounts/:id/principal-requests/:requestId/accept': { ...IN_PERSON, named: true, ...NO_REQUEST },
  'POST /v1/email-accounts/:id/principal-requests/:requestId/try': { ...ADMIN_WRITE, named: true, ...NO_REQUEST },
  'DELETE /v1/email-accounts/:id/backup-sign-in': { ...IN_PERSON, named: true, ...ACCOUNT },
  'PUT /v1/email-accounts/:id/backup-sign-in': {
    ...IN_PERSON,
    named: true,
    of: ({ account }) => ({ path: { id: account.id }, body: { grantId: account.grantId } }),
  },
  'POST /v1/email-accounts/:id/backup-sign-in/check': { ...ADMIN_WRITE, named: true, ...ACCOUNT },
  'POST /v1/email-accounts/:id/backup-sign-in/make-principal': { ...IN_PERSON, named: true, ...ACCOUNT },
}

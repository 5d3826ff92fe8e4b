/** Test data: the permissions of every route, listed independently of the routes. */
import { newId } from '../../src/kernel/ids.ts'
import { ACCOUNT_PERMISSIONS } from './account-permissions.ts'
import { mailPermissions } from './mail-permissions.ts'
import { OPENID_PERMISSIONS } from './openid-permissions.ts'
import {
  ADMIN_READ,
  ADMIN_WRITE,
  CONNECT,
  CONNECT_APPLICATION,
  IN_PERSON,
  read,
  type Row,
  type Thing,
} from './permission-row.ts'

const PROVIDER = { of: ({ account }: Thing) => ({ path: { id: account.cloudProviderId } }) }
const WEBHOOK = { of: () => ({ path: { id: newId() } }) }
const DELIVERY = { of: () => ({ path: { id: newId(), deliveryId: newId() } }) }
const WISH = { cloud: 'nowhere', accountTypes: 'single-tenant', receives: 'graph', sends: 'graph', kinds: ['user'] }

const MCP_TYPES = 'application/json, text/event-stream'

const PASSKEY = { id: 'x', rawId: 'x', type: 'public-key', clientExtensionResults: {} }
const ATTESTATION = { ...PASSKEY, response: { clientDataJSON: 'x', attestationObject: 'x' } }
const ASSERTION = { ...PASSKEY, response: { clientDataJSON: 'x', authenticatorData: 'x', signature: 'x' } }

export function permissionRows(people: {
  admin: string
  newcomer: string
  promoted: string
}): Readonly<Record<string, Row>> {
  return {
    ...mailPermissions(people),
    ...ACCOUNT_PERMISSIONS,
    ...OPENID_PERMISSIONS,
    'POST /mcp': {
      who: 'keys',
      of: () => ({ body: { jsonrpc: '2.0', id: 1, method: 'tools/list' }, headers: { accept: MCP_TYPES } }),
    },
    'GET /v1/alert-settings': ADMIN_READ,
    'PUT /v1/alert-settings': { ...IN_PERSON, of: () => ({ body: { relay: null } }) },
    'POST /v1/alert-settings/confirm': { ...IN_PERSON, of: () => ({ body: { code: '000000' } }) },
    'POST /v1/alert-settings/test': { ...IN_PERSON, of: () => ({ body: { to: 'admin@contoso.example' } }) },
    'POST /v1/alert-webhooks': {
      ...IN_PERSON,
      of: () => ({ body: { name: 'Chat', url: 'https://chat.contoso.example/hook' } }),
    },
    'DELETE /v1/alert-webhooks/:id': { ...IN_PERSON, of: () => ({ path: { id: newId() } }) },
    'PATCH /v1/alert-webhooks/:id': { ...IN_PERSON, of: () => ({ path: { id: newId() }, body: { name: 'Pager' } }) },
    'POST /v1/alert-webhooks/:id/test': { ...ADMIN_WRITE, of: () => ({ path: { id: newId() } }) },
    'GET /v1/webhooks': ADMIN_READ,
    'POST /v1/webhooks': {
      ...ADMIN_WRITE,
      alsoScope: 'mail:read',
      of: () => ({ body: { name: 'Shop', url: 'https://shop.contoso.example/hook' } }),
    },
    'GET /v1/webhooks/:id': { ...ADMIN_READ, ...WEBHOOK },
    'PATCH /v1/webhooks/:id': {
      ...ADMIN_WRITE,
      alsoScope: 'mail:read',
      of: () => ({ path: { id: newId() }, body: { name: 'Shop' } }),
    },
    'DELETE /v1/webhooks/:id': { ...ADMIN_WRITE, ...WEBHOOK },
    'POST /v1/webhooks/:id/secret': { ...ADMIN_WRITE, alsoScope: 'mail:read', ...WEBHOOK },
    'POST /v1/webhooks/:id/test': { ...ADMIN_WRITE, of: () => ({ path: { id: newId() }, body: {} }) },
    'POST /v1/webhooks/:id/replay': { ...ADMIN_WRITE, of: () => ({ path: { id: newId() }, body: { after: 0 } }) },
    'GET /v1/webhooks/:id/deliveries': { ...ADMIN_READ, ...WEBHOOK },
    'GET /v1/webhooks/:id/deliveries/:deliveryId': { ...ADMIN_READ, alsoScope: 'mail:read', ...DELIVERY },
    'POST /v1/webhooks/:id/deliveries/:deliveryId/replay': { ...ADMIN_WRITE, ...DELIVERY },
    'GET /v1/alerts': ADMIN_READ,
    'GET /v1/api-keys': { ...ADMIN_READ, auditors: true },
    'POST /v1/api-keys': {
      ...IN_PERSON,
      of: () => ({ body: { name: 'Shop', scopes: ['mail:read'], emailAccountIds: 'all' } }),
    },
    'DELETE /v1/api-keys/:id': IN_PERSON,
    'GET /v1/account/factors': { who: 'people' },
    'POST /v1/account/authenticator-app': { who: 'people' },
    'POST /v1/account/authenticator-app/confirm': { who: 'people', of: () => ({ body: { code: '000000' } }) },
    'DELETE /v1/account/authenticator-app': { who: 'people' },
    'POST /v1/account/recovery-codes': { who: 'people' },
    'POST /v1/account/passkeys/options': { who: 'people' },
    'POST /v1/account/passkeys': { who: 'people', of: () => ({ body: { name: 'Laptop', response: ATTESTATION } }) },
    'PATCH /v1/account/passkeys/:id': { who: 'people', of: () => ({ path: { id: 'x' }, body: { name: 'Phone' } }) },
    'DELETE /v1/account/passkeys/:id': { who: 'people', of: () => ({ path: { id: 'x' } }) },
    'POST /v1/session/passkey/options': { who: 'anyone' },
    'POST /v1/session/passkey': { who: 'anyone', of: () => ({ body: { response: ASSERTION } }) },
    'POST /v1/people/:id/reset-factors': { who: 'admins', of: () => ({ path: { id: newId() } }) },
    'GET /v1/session/second-step': { who: 'anyone' },
    'POST /v1/session/second-step': { who: 'anyone', of: () => ({ body: { code: '000000' } }) },
    'GET /v1/sign-in-policy': ADMIN_READ,
    'GET /v1/sign-in-policy/preview': IN_PERSON,
    'PATCH /v1/sign-in-policy': { ...IN_PERSON, of: () => ({ body: { secondFactorFor: 'no-one' } }) },
    'GET /v1/audit': { ...ADMIN_READ, auditors: true },
    'GET /v1/audit.csv': { ...ADMIN_READ, auditors: true },
    'GET /v1/audit.json': { ...ADMIN_READ, auditors: true },
    'GET /v1/backup-status': { ...ADMIN_READ, auditors: true },
    'POST /v1/authorizations': {
      ...IN_PERSON,
      of: ({ account }) => ({ body: { cloudProviderId: account.cloudProviderId, kind: 'sign-in' } }),
    },
    'GET /v1/cloud-providers': ADMIN_READ,
    'POST /v1/cloud-providers': {
      ...IN_PERSON,
      of: () => ({
        body: {
          name: 'Fabrikam',
          cloud: 'nowhere',
          accountTypes: 'single-tenant',
          tenantId: newId(),
          clientId: newId(),
          contact: 'admin@contoso.example',
        },
      }),
    },
    'DELETE /v1/cloud-providers/:id': { ...IN_PERSON, ...PROVIDER },
    'GET /v1/cloud-providers/:id': { ...ADMIN_READ, ...PROVIDER },
    'PATCH /v1/cloud-providers/:id': {
      ...IN_PERSON,
      of: ({ account }) => ({ path: { id: account.cloudProviderId }, body: { name: 'Renamed' } }),
    },
    'POST /v1/cloud-providers/:id/check': { ...ADMIN_WRITE, ...PROVIDER },
    'GET /v1/cloud-providers/:id/credentials': { ...ADMIN_READ, ...PROVIDER },
    'POST /v1/cloud-providers/:id/credentials': {
      ...IN_PERSON,
      of: ({ account }) => ({
        path: { id: account.cloudProviderId },
        body: { kind: 'secret', secret: 'abc8Q~0123456789012345678901234567890123' },
      }),
    },
    'DELETE /v1/cloud-providers/:id/credentials/:credentialId': { ...IN_PERSON, ...PROVIDER },
    'PATCH /v1/cloud-providers/:id/credentials/:credentialId': {
      ...IN_PERSON,
      of: ({ account }) => ({ path: { id: account.cloudProviderId }, body: { expiresAt: null } }),
    },
    'POST /v1/cloud-providers/:id/credentials/:credentialId/try': { ...ADMIN_WRITE, ...PROVIDER },
    'GET /v1/cloud-providers/:id/dependents': { ...ADMIN_READ, ...PROVIDER },
    'GET /v1/cloud-providers/:id/application-access': { ...ADMIN_READ, ...PROVIDER },
    'GET /v1/cloud-providers/:id/removal': { ...ADMIN_READ, ...PROVIDER },
    'GET /v1/clouds': ADMIN_READ,
    'GET /v1/server-presets': ADMIN_READ,
    'POST /v1/doctor': ADMIN_WRITE,
    'POST /v1/doctor/stream': ADMIN_WRITE,
    'GET /v1/cloud-providers/:id/device-code': { ...ADMIN_READ, ...PROVIDER },
    'PUT /v1/cloud-providers/:id/device-code': {
      ...IN_PERSON,
      of: ({ account }) => ({ path: { id: account.cloudProviderId }, body: { isAllowed: false } }),
    },
    'POST /v1/device-sign-ins': {
      ...IN_PERSON,
      of: ({ account: { cloudProviderId } }) => ({
        body: { cloudProviderId, requestedAddress: 'new@contoso.example' },
      }),
    },
    'GET /v1/device-sign-ins/:id': { who: 'anyone', of: () => ({ path: { id: newId() } }) },
    'POST /v1/sign-in-links/begin-device': { who: 'anyone', of: () => ({ body: { token: 'x' } }) },
    'GET /v1/grants/:id/dependents': { ...ADMIN_READ, of: ({ account }) => ({ path: { id: account.grantId } }) },
    'GET /v1/grants': ADMIN_READ,
    'DELETE /v1/grants/:id': { ...IN_PERSON, of: ({ account }) => ({ path: { id: account.grantId } }) },
    'GET /v1/grants/:id/removal': { ...ADMIN_READ, of: ({ account }) => ({ path: { id: account.grantId } }) },
    'POST /graph/notifications': { who: 'anyone', of: () => ({ body: { value: [] } }) },
    'GET /v1/restored-backup': ADMIN_READ,
    'POST /v1/restored-backup/decide': {
      ...ADMIN_WRITE,
      of: () => ({ body: { decision: 'send', messages: 'not-found' } }),
    },
    'GET /v1/incidents': {
      ...read,
      auditors: true,
      named: true,
      of: ({ account }) => ({ query: `?emailAccountId=${account.id}` }),
    },
    'GET /v1/incidents/:id': { ...ADMIN_READ, auditors: true, of: () => ({ path: { id: newId() } }) },
    'POST /v1/incidents/:id/acknowledge': { ...ADMIN_WRITE, of: () => ({ path: { id: newId() } }) },
    'GET /v1/invitations': ADMIN_READ,
    'POST /v1/invitations': {
      ...IN_PERSON,
      of: () => ({ body: { email: 'invited@contoso.example', name: 'Invited', role: 'agent' } }),
    },
    'DELETE /v1/invitations/:id': IN_PERSON,
    'POST /v1/links/accept': { who: 'anyone', of: () => ({ body: { token: 'x', password: 'long enough pass' } }) },
    'POST /v1/links/preview': { who: 'anyone', of: () => ({ body: { token: 'x' } }) },
    'GET /oauth/callback': { who: 'anyone' },
    'GET /v1/people': { ...ADMIN_READ, auditors: true },
    'DELETE /v1/people/:id': IN_PERSON,
    'GET /v1/people/:id': { ...ADMIN_READ, of: () => ({ path: { id: people.newcomer } }) },
    'PUT /v1/people/:id/memberships': {
      ...IN_PERSON,
      of: ({ account }) => ({ path: { id: people.promoted }, body: { emailAccountIds: [account.id] } }),
    },
    'POST /v1/people/:id/reset-link': { ...IN_PERSON, of: () => ({ path: { id: people.promoted } }) },
    'DELETE /v1/people/:id/sessions': { ...IN_PERSON, of: () => ({ path: { id: people.promoted } }) },
    'PUT /v1/people/:id/role': {
      ...IN_PERSON,
      of: () => ({ path: { id: people.promoted }, body: { role: 'admin' } }),
    },
    'DELETE /v1/session': { who: 'anyone' },
    'GET /v1/session': { who: 'people' },
    'PUT /v1/session/password': {
      who: 'people',
      of: () => ({ body: { currentPassword: 'wrong', password: 'nine horses by a lake' } }),
    },
    'GET /v1/session/confirm': { who: 'people' },
    'POST /v1/session/confirm/passkey-options': { who: 'people' },
    'POST /v1/session/confirm': { who: 'people', of: () => ({ body: { method: 'password', password: 'wrong' } }) },
    'GET /v1/sessions': { who: 'people' },
    'DELETE /v1/sessions': { who: 'people' },
    'DELETE /v1/sessions/:id': { who: 'people' },
    'POST /v1/session': {
      who: 'anyone',
      of: () => ({ body: { email: 'nobody@contoso.example', password: 'wrong' } }),
    },
    'GET /v1/account-batches': CONNECT_APPLICATION,
    'POST /v1/account-batches': {
      ...CONNECT_APPLICATION,
      of: ({ account }) => ({
        body: { applicationOf: { cloudProviderId: account.cloudProviderId }, rows: [{ address: 'x' }] },
      }),
    },
    'POST /v1/account-batches/preview': {
      ...CONNECT_APPLICATION,
      of: ({ account }) => ({
        body: { applicationOf: { cloudProviderId: account.cloudProviderId }, rows: [{ address: 'x' }] },
      }),
    },
    'GET /v1/account-batches/:id': { ...CONNECT_APPLICATION, of: () => ({ path: { id: newId() } }) },
    'GET /v1/account-batches/:id/rows': { ...CONNECT_APPLICATION, of: () => ({ path: { id: newId() } }) },
    'GET /v1/account-batches/:id/failed.csv': { ...CONNECT_APPLICATION, of: () => ({ path: { id: newId() } }) },
    'POST /v1/account-batches/:id/cancel': { ...CONNECT_APPLICATION, of: () => ({ path: { id: newId() } }) },
    'POST /v1/account-batches/:id/retry': { ...CONNECT_APPLICATION, of: () => ({ path: { id: newId() }, body: {} }) },
    'GET /v1/cloud-providers/:id/directory-users': {
      who: 'admins',
      of: () => ({ path: { id: newId() } }),
    },
    'GET /v1/connect-sessions': CONNECT,
    'POST /v1/connect-sessions': {
      ...CONNECT,
      of: ({ account: { cloudProviderId } }) => ({ body: { cloudProviderId, displayName: 'Shop' } }),
    },
    'GET /v1/connect-sessions/:id': { ...CONNECT, of: () => ({ path: { id: newId() } }) },
    'DELETE /v1/connect-sessions/:id': { ...CONNECT, of: () => ({ path: { id: newId() } }) },
    'POST /v1/connect-sessions/preview': { who: 'anyone', of: () => ({ body: { token: 'x' } }) },
    'POST /v1/connect-sessions/begin': { who: 'anyone', of: () => ({ body: { token: 'x' } }) },
    'POST /v1/connect-sessions/leave': { who: 'anyone', of: () => ({ body: { token: 'x' } }) },
    'GET /v1/return-urls': ADMIN_READ,
    'POST /v1/return-urls': { ...IN_PERSON, of: () => ({ body: { url: 'https://shop.contoso.example/done' } }) },
    'POST /v1/return-urls/:id/secret': { ...IN_PERSON, of: () => ({ path: { id: newId() } }) },
    'DELETE /v1/return-urls/:id': { ...IN_PERSON, of: () => ({ path: { id: newId() } }) },
    'GET /v1/sign-in-links': ADMIN_READ,
    'POST /v1/sign-in-links': {
      ...IN_PERSON,
      of: ({ account: { cloudProviderId } }) => ({
        body: { cloudProviderId, kind: 'sign-in', requestedAddress: 'new@contoso.example' },
      }),
    },
    'DELETE /v1/sign-in-links/:id': { ...IN_PERSON, of: () => ({ path: { id: newId() } }) },
    'POST /v1/sign-in-links/begin': { who: 'anyone', of: () => ({ body: { token: 'x' } }) },
    'POST /v1/sign-in-links/preview': { who: 'anyone', of: () => ({ body: { token: 'x' } }) },
    'GET /.well-known/postkey-self-test': { who: 'anyone', of: () => ({ query: `?nonce=${'n'.repeat(32)}` }) },
    'GET /healthz': { who: 'anyone' },
    'GET /v1/servers': { ...ADMIN_READ, auditors: true },
    'GET /livez': { who: 'anyone' },
    'GET /.well-known/security.txt': { who: 'anyone' },
    'GET /readyz': { who: 'anyone' },
    'GET /metrics': ADMIN_READ,
    'GET /v1/openapi.json': { who: 'anyone' },
    'GET /docs/errors/:code': { who: 'anyone', of: () => ({ path: { code: 'http.not_found' } }) },
    'DELETE /v1/tags/:id': { ...ADMIN_WRITE, of: () => ({ path: { id: newId() } }) },
    'PATCH /v1/tags/:id': { ...ADMIN_WRITE, of: () => ({ path: { id: newId() }, body: { name: 'Renamed' } }) },
    'POST /v1/tags/:id/restore': { ...ADMIN_WRITE, of: () => ({ path: { id: newId() } }) },
    'GET /v1/work-orders': ADMIN_READ,
    'POST /v1/work-orders': { ...IN_PERSON, of: () => ({ body: WISH }) },
    'DELETE /v1/work-orders/:id': { ...IN_PERSON, of: () => ({ path: { id: newId() } }) },
    'POST /v1/work-orders/:id/confirm': {
      ...IN_PERSON,
      of: () => ({ path: { id: newId() }, body: { name: 'C', contact: 'admin@contoso.example' } }),
    },
    'POST /v1/work-orders/draw': { ...ADMIN_READ, of: () => ({ body: WISH }) },
    'POST /v1/work-orders/hand-back': {
      who: 'anyone',
      of: () => ({ body: { token: 'x', tenantId: newId(), clientId: newId() } }),
    },
    'POST /v1/work-orders/preview': { who: 'anyone', of: () => ({ body: { token: 'x' } }) },
  }
}

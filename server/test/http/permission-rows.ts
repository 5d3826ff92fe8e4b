/** Test data: the permissions of every route, listed independently of the routes. */
import { newId } from '../../src/kernel/ids.ts'
import type { CloudProviderId, EmailAccountId, GrantId } from '../../src/kernel/ids.ts'
import type { ApiKeyScope } from '../../src/people/index.ts'

export interface Row {
  /** Callers that may use the route; `members` are those of the mailbox, and admins. */
  who: 'anybody' | 'members' | 'admins'
  /** Scope with which a key may use the route; without one, no key may. */
  scope?: ApiKeyScope
  /** Concerns one mailbox: callers without access to it, such as a key for others, get "not found". */
  named?: true
  /** Address and body for a new object in the given mailbox, created by the caller. */
  of?: (thing: Thing) => {
    path?: Record<string, string>
    query?: string
    body?: unknown
    headers?: Record<string, string>
  }
}

export interface Thing {
  account: StoredThing
  author: string
  conversation: string
  message: string
  attachment: string
  draft: string
  draftAttachment: string
  submission: string
}

interface StoredThing {
  id: EmailAccountId
  cloudProviderId: CloudProviderId
  grantId: GrantId
}

const ADMIN_READ: Row = { who: 'admins', scope: 'admin:read' }
const ADMIN_WRITE: Row = { who: 'admins', scope: 'admin:write' }
const ACCOUNT = { of: ({ account }: Thing) => ({ path: { id: account.id } }) }
const NO_REQUEST = { of: ({ account }: Thing) => ({ path: { id: account.id, requestId: newId() } }) }
const EXAMINED = { of: ({ account }: Thing) => ({ path: { id: account.id }, body: {} }) }
const PROVIDER = { of: ({ account }: Thing) => ({ path: { id: account.cloudProviderId } }) }
const CONVERSATION = { named: true as const, of: ({ conversation }: Thing) => ({ path: { id: conversation } }) }
const MESSAGE = { named: true as const, of: ({ message }: Thing) => ({ path: { id: message } }) }
const SUBMISSION = { named: true as const, of: ({ submission }: Thing) => ({ path: { id: submission } }) }
const read = { who: 'members', scope: 'mail:read' } as const
const write = { who: 'members', scope: 'mail:write' } as const
const send = { who: 'members', scope: 'mail:send' } as const

const WISH = { cloud: 'nowhere', accountTypes: 'single-tenant', receives: 'graph', sends: 'graph', kinds: ['user'] }
export const DRAFT = { to: [], cc: [], bcc: [], subject: 'Half' }
const address = (account: StoredThing) => ({ address: 'new@contoso.example', kind: 'shared', grantId: account.grantId })

export function permissionRows(people: {
  admin: string
  newcomer: string
  promoted: string
}): Readonly<Record<string, Row>> {
  return {
    'GET /v1/alert-settings': ADMIN_READ,
    'PUT /v1/alert-settings': { ...ADMIN_WRITE, of: () => ({ body: { relay: null } }) },
    'POST /v1/alert-settings/confirm': { ...ADMIN_WRITE, of: () => ({ body: { code: '000000' } }) },
    'POST /v1/alert-settings/test': { ...ADMIN_WRITE, of: () => ({ body: { to: 'admin@contoso.example' } }) },
    'POST /v1/alert-webhooks': {
      ...ADMIN_WRITE,
      of: () => ({ body: { name: 'Chat', url: 'https://chat.contoso.example/hook' } }),
    },
    'DELETE /v1/alert-webhooks/:id': { ...ADMIN_WRITE, of: () => ({ path: { id: newId() } }) },
    'PATCH /v1/alert-webhooks/:id': { ...ADMIN_WRITE, of: () => ({ path: { id: newId() }, body: { name: 'Pager' } }) },
    'POST /v1/alert-webhooks/:id/test': { ...ADMIN_WRITE, of: () => ({ path: { id: newId() } }) },
    'GET /v1/alerts': ADMIN_READ,
    'GET /v1/api-keys': ADMIN_READ,
    'POST /v1/api-keys': {
      who: 'admins',
      of: () => ({ body: { name: 'Shop', scopes: ['mail:read'], emailAccountIds: 'all' } }),
    },
    'DELETE /v1/api-keys/:id': ADMIN_WRITE,
    'GET /v1/attachments/:id/image': { ...read, named: true, of: ({ attachment }) => ({ path: { id: attachment } }) },
    'GET /v1/attachments/:id/content': { ...read, named: true, of: ({ attachment }) => ({ path: { id: attachment } }) },
    'GET /v1/audit': ADMIN_READ,
    'POST /v1/authorizations': {
      who: 'admins',
      of: ({ account }) => ({ body: { cloudProviderId: account.cloudProviderId, kind: 'sign-in' } }),
    },
    'GET /v1/cloud-providers': ADMIN_READ,
    'POST /v1/cloud-providers': {
      ...ADMIN_WRITE,
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
    'DELETE /v1/cloud-providers/:id': { ...ADMIN_WRITE, ...PROVIDER },
    'GET /v1/cloud-providers/:id': { ...ADMIN_READ, ...PROVIDER },
    'PATCH /v1/cloud-providers/:id': {
      ...ADMIN_WRITE,
      of: ({ account }) => ({ path: { id: account.cloudProviderId }, body: { name: 'Renamed' } }),
    },
    'POST /v1/cloud-providers/:id/check': { ...ADMIN_WRITE, ...PROVIDER },
    'GET /v1/cloud-providers/:id/credentials': { ...ADMIN_READ, ...PROVIDER },
    'POST /v1/cloud-providers/:id/credentials': {
      ...ADMIN_WRITE,
      of: ({ account }) => ({
        path: { id: account.cloudProviderId },
        body: { kind: 'secret', secret: 'abc8Q~0123456789012345678901234567890123' },
      }),
    },
    'DELETE /v1/cloud-providers/:id/credentials/:credentialId': { ...ADMIN_WRITE, ...PROVIDER },
    'PATCH /v1/cloud-providers/:id/credentials/:credentialId': {
      ...ADMIN_WRITE,
      of: ({ account }) => ({ path: { id: account.cloudProviderId }, body: { expiresAt: null } }),
    },
    'POST /v1/cloud-providers/:id/credentials/:credentialId/try': { ...ADMIN_WRITE, ...PROVIDER },
    'GET /v1/cloud-providers/:id/dependents': { ...ADMIN_READ, ...PROVIDER },
    'GET /v1/cloud-providers/:id/application-access': { ...ADMIN_READ, ...PROVIDER },
    'GET /v1/cloud-providers/:id/removal': { ...ADMIN_READ, ...PROVIDER },
    'GET /v1/clouds': ADMIN_READ,
    'GET /v1/server-presets': ADMIN_READ,
    'GET /v1/conversations': {
      ...read,
      named: true,
      of: ({ account }) => ({ query: `?emailAccountId=${account.id}` }),
    },
    'GET /v1/conversations/:id': { ...read, ...CONVERSATION },
    'PUT /v1/conversations/:id/assignee': {
      ...write,
      named: true,
      of: ({ conversation }) => ({ path: { id: conversation }, body: { assigneeId: people.admin } }),
    },
    'POST /v1/conversations/:id/close': { ...write, ...CONVERSATION },
    'POST /v1/conversations/:id/merge': {
      ...write,
      named: true,
      of: ({ conversation }) => ({ path: { id: conversation }, body: { into: conversation } }),
    },
    'POST /v1/conversations/:id/split': {
      ...write,
      named: true,
      of: ({ conversation, message }) => ({ path: { id: conversation }, body: { messageIds: [message] } }),
    },
    'POST /v1/conversations/:id/notes': {
      ...write,
      named: true,
      of: ({ conversation }) => ({ path: { id: conversation }, body: { body: 'Called them.' } }),
    },
    'DELETE /v1/conversations/:id/presence': { ...write, ...CONVERSATION },
    'GET /v1/conversations/:id/presence': { ...read, ...CONVERSATION },
    'PUT /v1/conversations/:id/presence': {
      ...write,
      named: true,
      of: ({ conversation }) => ({ path: { id: conversation }, body: { activity: 'viewing' } }),
    },
    'POST /v1/conversations/:id/reopen': { ...write, ...CONVERSATION },
    'POST /v1/conversations/:id/seen': { ...write, ...CONVERSATION },
    'POST /v1/doctor': ADMIN_WRITE,
    'POST /v1/doctor/stream': ADMIN_WRITE,
    'GET /v1/drafts': read,
    'POST /v1/drafts': {
      ...write,
      named: true,
      of: ({ account, conversation }) => ({
        body: { emailAccountId: account.id, conversationId: conversation, content: DRAFT },
      }),
    },
    'DELETE /v1/drafts/:id': { ...write, named: true, of: ({ draft }) => ({ path: { id: draft } }) },
    'GET /v1/drafts/:id': { ...read, named: true, of: ({ draft }) => ({ path: { id: draft } }) },
    'PUT /v1/drafts/:id': {
      ...write,
      named: true,
      of: ({ draft }) => ({ path: { id: draft }, body: { content: DRAFT, version: 1 } }),
    },
    'POST /v1/drafts/:id/attachments': {
      ...write,
      named: true,
      of: ({ draft }) => ({
        path: { id: draft },
        body: { name: 'a.txt', contentType: 'text/plain', content: 'YQ==' },
      }),
    },
    'DELETE /v1/drafts/:id/attachments/:attachmentId': {
      ...write,
      named: true,
      of: ({ draft, draftAttachment }) => ({ path: { id: draft, attachmentId: draftAttachment } }),
    },
    'POST /v1/drafts/:id/forwarded-attachments': {
      ...write,
      named: true,
      of: ({ draft, message }) => ({ path: { id: draft }, body: { messageId: message } }),
    },
    'GET /v1/email-accounts': read,
    'POST /v1/email-accounts': {
      ...ADMIN_WRITE,
      of: ({ account }) => ({
        body: { ...address(account), name: 'New', key: 'NEW', contact: 'admin@contoso.example' },
      }),
    },
    'DELETE /v1/email-accounts/:id': { ...ADMIN_WRITE, named: true, of: () => ({ path: { id: newId() } }) },
    'GET /v1/email-accounts/:id': { ...read, named: true, ...ACCOUNT },
    'PATCH /v1/email-accounts/:id': {
      ...ADMIN_WRITE,
      named: true,
      of: ({ account }) => ({ path: { id: account.id }, body: { name: 'Renamed' } }),
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
      named: true,
      of: ({ account }) => ({ path: { id: account.id }, query: '?day=2026-01-01' }),
    },
    'GET /v1/email-accounts/:id/automatic-reply': { ...read, named: true, ...ACCOUNT },
    'PUT /v1/email-accounts/:id/automatic-reply': {
      ...ADMIN_WRITE,
      named: true,
      of: ({ account }) => ({ path: { id: account.id }, body: { isOn: false, subject: 'Re: {subject}', text: 'Hi' } }),
    },
    'GET /v1/email-accounts/:id/identities': { ...read, named: true, ...ACCOUNT },
    'POST /v1/email-accounts/:id/identities': {
      ...ADMIN_WRITE,
      named: true,
      of: ({ account }) => ({ path: { id: account.id }, body: { name: 'Sales', address: 'sales@contoso.example' } }),
    },
    'PATCH /v1/email-accounts/:id/identities/:identityId': {
      ...ADMIN_WRITE,
      named: true,
      of: ({ account }) => ({ path: { id: account.id, identityId: account.id }, body: { name: 'Sales' } }),
    },
    'DELETE /v1/email-accounts/:id/identities/:identityId': {
      ...ADMIN_WRITE,
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
    'POST /v1/email-accounts/folders': { ...ADMIN_WRITE, of: ({ account }) => ({ body: address(account) }) },
    'POST /v1/email-accounts/preflight': { ...ADMIN_WRITE, of: ({ account }) => ({ body: address(account) }) },
    'GET /v1/events': read,
    'GET /v1/events/list': read,
    'GET /v1/cloud-providers/:id/device-code': { ...ADMIN_READ, ...PROVIDER },
    'PUT /v1/cloud-providers/:id/device-code': {
      ...ADMIN_WRITE,
      of: ({ account }) => ({ path: { id: account.cloudProviderId }, body: { isAllowed: false } }),
    },
    'POST /v1/device-sign-ins': {
      who: 'admins',
      of: ({ account: { cloudProviderId } }) => ({
        body: { cloudProviderId, requestedAddress: 'new@contoso.example' },
      }),
    },
    'GET /v1/device-sign-ins/:id': { who: 'anybody', of: () => ({ path: { id: newId() } }) },
    'POST /v1/sign-in-links/begin-device': { who: 'anybody', of: () => ({ body: { token: 'x' } }) },
    'GET /v1/email-accounts/:id/principal-requests': { ...ADMIN_READ, named: true, ...ACCOUNT },
    'DELETE /v1/email-accounts/:id/principal-requests/:requestId': { ...ADMIN_WRITE, named: true, ...NO_REQUEST },
    'POST /v1/email-accounts/:id/principal-requests/:requestId/accept': { ...ADMIN_WRITE, named: true, ...NO_REQUEST },
    'POST /v1/email-accounts/:id/principal-requests/:requestId/try': { ...ADMIN_WRITE, named: true, ...NO_REQUEST },
    'DELETE /v1/email-accounts/:id/backup-sign-in': { ...ADMIN_WRITE, named: true, ...ACCOUNT },
    'PUT /v1/email-accounts/:id/backup-sign-in': {
      ...ADMIN_WRITE,
      named: true,
      of: ({ account }) => ({ path: { id: account.id }, body: { grantId: account.grantId } }),
    },
    'POST /v1/email-accounts/:id/backup-sign-in/check': { ...ADMIN_WRITE, named: true, ...ACCOUNT },
    'POST /v1/email-accounts/:id/backup-sign-in/make-principal': { ...ADMIN_WRITE, named: true, ...ACCOUNT },
    'GET /v1/grants/:id/dependents': { ...ADMIN_READ, of: ({ account }) => ({ path: { id: account.grantId } }) },
    'GET /v1/grants': ADMIN_READ,
    'DELETE /v1/grants/:id': { ...ADMIN_WRITE, of: ({ account }) => ({ path: { id: account.grantId } }) },
    'GET /v1/grants/:id/removal': { ...ADMIN_READ, of: ({ account }) => ({ path: { id: account.grantId } }) },
    'POST /graph/notifications': { who: 'anybody', of: () => ({ body: { value: [] } }) },
    'GET /v1/restored-backup': ADMIN_READ,
    'POST /v1/restored-backup/decide': {
      ...ADMIN_WRITE,
      of: () => ({ body: { decision: 'send', messages: 'not-found' } }),
    },
    'GET /v1/incidents': { ...read, named: true, of: ({ account }) => ({ query: `?emailAccountId=${account.id}` }) },
    'GET /v1/incidents/:id': { ...ADMIN_READ, of: () => ({ path: { id: newId() } }) },
    'POST /v1/incidents/:id/acknowledge': { ...ADMIN_WRITE, of: () => ({ path: { id: newId() } }) },
    'GET /v1/invitations': ADMIN_READ,
    'POST /v1/invitations': {
      who: 'admins',
      of: () => ({ body: { email: 'invited@contoso.example', name: 'Invited', role: 'agent' } }),
    },
    'DELETE /v1/invitations/:id': ADMIN_WRITE,
    'POST /v1/links/accept': { who: 'anybody', of: () => ({ body: { token: 'x', password: 'long enough pass' } }) },
    'POST /v1/links/preview': { who: 'anybody', of: () => ({ body: { token: 'x' } }) },
    'GET /v1/messages/:id': { ...read, ...MESSAGE },
    'GET /v1/messages/:id/answer': {
      ...read,
      named: true,
      of: ({ message }) => ({ path: { id: message }, query: '?kind=reply-all' }),
    },
    'GET /v1/messages/:id/attachments': { ...read, ...MESSAGE },
    'GET /v1/messages/:id/body': { ...read, ...MESSAGE },
    'POST /v1/messages/:id/keep-together': { ...write, ...MESSAGE },
    'POST /v1/messages/:id/read-again': { ...write, ...MESSAGE },
    'GET /v1/messages/:id/source': { ...read, ...MESSAGE },
    'GET /v1/messages/:id/versions': { ...read, ...MESSAGE },
    'GET /oauth/callback': { who: 'anybody' },
    'GET /v1/people': ADMIN_READ,
    'DELETE /v1/people/:id': ADMIN_WRITE,
    'GET /v1/people/:id': { ...ADMIN_READ, of: () => ({ path: { id: people.newcomer } }) },
    'PUT /v1/people/:id/memberships': {
      who: 'admins',
      of: ({ account }) => ({ path: { id: people.promoted }, body: { emailAccountIds: [account.id] } }),
    },
    'POST /v1/people/:id/reset-link': { who: 'admins', of: () => ({ path: { id: people.newcomer } }) },
    'PUT /v1/people/:id/role': {
      who: 'admins',
      of: () => ({ path: { id: people.promoted }, body: { role: 'admin' } }),
    },
    'DELETE /v1/session': { who: 'anybody' },
    'GET /v1/session': { who: 'members' },
    'POST /v1/session': {
      who: 'anybody',
      of: () => ({ body: { email: 'nobody@contoso.example', password: 'wrong' } }),
    },
    'GET /v1/sign-in-links': ADMIN_READ,
    'POST /v1/sign-in-links': {
      who: 'admins',
      of: ({ account: { cloudProviderId } }) => ({
        body: { cloudProviderId, kind: 'sign-in', requestedAddress: 'new@contoso.example' },
      }),
    },
    'DELETE /v1/sign-in-links/:id': { ...ADMIN_WRITE, of: () => ({ path: { id: newId() } }) },
    'POST /v1/sign-in-links/begin': { who: 'anybody', of: () => ({ body: { token: 'x' } }) },
    'POST /v1/sign-in-links/preview': { who: 'anybody', of: () => ({ body: { token: 'x' } }) },
    'GET /v1/submissions': read,
    'POST /v1/submissions': {
      ...send,
      named: true,
      of: ({ account, conversation }) => ({
        body: { emailAccountId: account.id, conversationId: conversation, ...letter() },
        headers: { 'idempotency-key': newId() },
      }),
    },
    'GET /v1/submissions/:id': { ...read, ...SUBMISSION },
    'POST /v1/submissions/:id/cancel': { ...send, ...SUBMISSION },
    'POST /v1/submissions/:id/decide': {
      ...send,
      named: true,
      of: ({ submission }) => ({ path: { id: submission }, body: { decision: 'was-sent' } }),
    },
    'POST /v1/submissions/:id/retry': { ...send, ...SUBMISSION },
    'GET /.well-known/postkey-self-test': { who: 'anybody', of: () => ({ query: `?nonce=${'n'.repeat(32)}` }) },
    'GET /healthz': { who: 'anybody' },
    'GET /v1/servers': ADMIN_READ,
    'GET /livez': { who: 'anybody' },
    'GET /readyz': { who: 'anybody' },
    'GET /metrics': ADMIN_READ,
    'GET /v1/openapi.json': { who: 'anybody' },
    'GET /v1/work-orders': ADMIN_READ,
    'POST /v1/work-orders': { who: 'admins', of: () => ({ body: WISH }) },
    'DELETE /v1/work-orders/:id': { ...ADMIN_WRITE, of: () => ({ path: { id: newId() } }) },
    'POST /v1/work-orders/:id/confirm': {
      ...ADMIN_WRITE,
      of: () => ({ path: { id: newId() }, body: { name: 'C', contact: 'admin@contoso.example' } }),
    },
    'POST /v1/work-orders/draw': { ...ADMIN_READ, of: () => ({ body: WISH }) },
    'POST /v1/work-orders/hand-back': {
      who: 'anybody',
      of: () => ({ body: { token: 'x', tenantId: newId(), clientId: newId() } }),
    },
    'POST /v1/work-orders/preview': { who: 'anybody', of: () => ({ body: { token: 'x' } }) },
  }
}

export function letter() {
  return {
    to: [{ name: '', address: 'customer@example.com' }],
    cc: [],
    bcc: [],
    subject: 'Hello',
    text: 'Hi',
    attachments: [],
  }
}

/** One part of a drill at Postkey: its Cloud Provider, its users, its mailboxes, and mail in both directions. */
import { createPerson, overHttp, type Person } from '../../sandbox/test/browser.ts'
import { approveDevice, goThrough } from '../../sandbox/foreign/sign-in.ts'
import { authenticatorCode } from '../walk/authenticator-code.ts'
import type { PostkeyClient } from '../walk/postkey-client.ts'
import type { StartedPostkey } from '../walk/started-postkey.ts'
import type { Part } from './people.ts'
import { addSecret, uploadCertificate } from './admin-scripts.ts'
import type { ControlPanel } from './control-panel.ts'

export interface Reason {
  code: string
  title: string
  remedy: 'wait' | 'sign-in' | 'admin' | 'bug'
  fix: string
}

export interface Account {
  id: string
  address: string
  state: string
  reason?: Reason
  /** Gives the reason why a protocol was closed, after Postkey switched to the other. */
  protocolReasons: { receives: { reason?: Reason }; sends: { reason?: Reason } }
  stateSince: string
}

export interface Submission {
  id: string
  state: string
  why?: Reason
}

export interface ConnectedPart {
  part: Part
  providerId: string
  grantId: string
  accountIds: string[]
  /** Id of the first mailbox. */
  accountId: string
  customer: string
  account(): Promise<Account>
  /** Signs a user in for the mailbox; resolves to the text of the last page. */
  signIn(who: string, options?: { renew?: boolean }): Promise<SignInEnd>
  /** An admin of the organization consents for all users. */
  consentAsAdmin(): Promise<SignInEnd>
  /** An admin of the organization creates a secret, and an admin of Postkey enters it. */
  renewSecret(): Promise<void>
  /** An admin of Postkey starts a sign-in with a code, and the user enters it at Microsoft's page. */
  signInByCode(who: string): Promise<CodeSignIn>
  codeSignIn(id: string): Promise<CodeSignIn>
  reply(subject: string, text?: string): Promise<string>
  submission(id: string): Promise<Submission>
  /** Postkey no longer uses the mailbox. */
  disconnect(): Promise<void>
  /** Manual decisions about failed and unknown submissions. */
  retry(id: string, seen: { hasArrived: boolean }): Promise<void>
}

export interface CodeSignIn {
  id: string
  state: 'waiting' | 'done' | 'failed'
  reason?: Omit<Reason, 'remedy'>
}

export interface SignInEnd {
  isGranted: boolean
  /** URL of the last page. */
  url: string
  text: string
}

export interface PartDeps {
  client: PostkeyClient
  postkey: Pick<StartedPostkey, 'address' | 'sandbox'>
  controlPanel: ControlPanel
  admin: string
}

export async function connectPart(
  { client, postkey, controlPanel, admin }: PartDeps,
  part: Part,
  {
    key,
    kind,
    accountTypes = 'single-tenant',
    proof = 'secret',
    protocols = {},
  }: {
    key: string
    kind: 'user' | 'shared'
    accountTypes?: string
    proof?: 'secret' | 'certificate'
    protocols?: { receivesBy?: 'imap'; sendsBy?: 'smtp' }
  },
): Promise<ConnectedPart> {
  const { address: origin, sandbox } = postkey
  const redirectUri = `${origin}/oauth/callback`
  const provider = await client.call<{ id: string }>('POST', '/v1/cloud-providers', {
    ...{ name: part.name, cloud: 'sandbox', accountTypes, contact: admin },
    ...{ tenantId: part.tenantId, clientId: part.clientId },
    credential: { kind: 'secret', secret: part.secret },
  })

  if (proof === 'certificate') await proveByCertificate()

  /** Creates a certificate at Postkey, uploads it to Microsoft, checks it, and removes the secret. */
  async function proveByCertificate(): Promise<void> {
    const path = `/v1/cloud-providers/${provider.id}/credentials`
    interface Listed {
      id: string
      kind: string
      standing: { state: string }
      certificate?: { pem: string }
    }
    const made = await client.call<Listed>('POST', path, { kind: 'certificate', months: 12 })
    await uploadCertificate(sandbox, part, made.certificate?.pem ?? '')
    const { standing } = await client.call<Listed>('POST', `${path}/${made.id}/try`)
    if (standing.state !== 'works') throw new Error(`the certificate of ${part.name} is ${standing.state}`)
    const { credentials } = await client.call<{ credentials: Listed[] }>('GET', path)
    for (const { id, kind: other } of credentials) if (other === 'secret') await client.call('DELETE', `${path}/${id}`)
  }

  /** The grant whose sign-in is renewed later. */
  const known: { grantId?: string } = {}

  /** A separate browser for each user; the admin's returns to Postkey. */
  function browse(): Person {
    const reachMicrosoft = overHttp(Object.values(sandbox).map((url) => new URL(url).origin))
    return createPerson((request) =>
      new URL(request.url).origin === origin ? client.visit(request) : reachMicrosoft(request),
    )
  }

  function signIn(who: string, { renew = false }: { renew?: boolean } = {}): Promise<SignInEnd> {
    const wanted = {
      requestedAddress: part.addresses[0],
      requestedKind: kind,
      ...(renew && { reconnectGrantId: known.grantId }),
    }
    return goToMicrosoft(who, { kind: 'sign-in', ...wanted })
  }

  async function goToMicrosoft(who: string, request: object): Promise<SignInEnd> {
    const browser = browse()
    const alsoBy = [protocols.receivesBy, protocols.sendsBy].filter((protocol) => protocol !== undefined)
    const wanted = { cloudProviderId: provider.id, ...(alsoBy.length > 0 && { alsoBy }), ...request }
    await browser.open((await client.call<{ url: string }>('POST', '/v1/authorizations', wanted)).url)
    try {
      await goThrough(browser, who, {
        isThere: (url) => url.startsWith(redirectUri),
        mostPages: 20,
        more: {
          mfa: async () =>
            browser.submit({ otc: await authenticatorCode(sandbox.controlPanel, who) }, { button: 'next=yes' }),
          enrol: async () => browser.submit({}, { button: 'next=yes' }),
          'admin-consent': () => browser.submit({}, { button: 'consent=accept' }),
        },
      })
    } catch {
      // It ended at a page of Microsoft, which only the user sees.
    }
    const { url, text } = browser
    return { isGranted: url.startsWith(redirectUri) && browser.status === 200, url, text }
  }

  const end = await signIn(part.person)
  if (!end.isGranted) throw new Error(`${part.person} cannot sign in: ${end.url} ${end.text}`)
  const { grants } = await client.call<{ grants: { id: string; userName: string }[] }>('GET', '/v1/grants')
  const grantId = grants.find(({ userName }) => userName === part.person)?.id
  if (grantId === undefined) throw new Error(`no grant of ${part.person}`)
  known.grantId = grantId

  const accountIds: string[] = []
  for (const [i, address] of part.addresses.entries()) {
    const { id } = await client.call<{ id: string }>('POST', '/v1/email-accounts', {
      ...{ address, kind, grantId, name: `${part.name} ${i}`, key: `${key}${i || ''}`, contact: admin },
      // As in a mailbox in use: the first mail is older than two days.
      closesOlderThanDays: null,
    })
    accountIds.push(id)
    // The same grant, another resource: no further sign-in.
    if (protocols.receivesBy ?? protocols.sendsBy) await client.call('PATCH', `/v1/email-accounts/${id}`, protocols)
  }
  const accountId = accountIds[0]!
  const customer = `kim.${key.toLowerCase()}@customer.example`
  let letters = 0

  return {
    ...{ part, providerId: provider.id, grantId, accountIds, accountId, customer, signIn },
    consentAsAdmin: () => goToMicrosoft(part.admin, { kind: 'admin-consent' }),
    account: () => client.call('GET', `/v1/email-accounts/${accountId}`),
    async renewSecret() {
      const secret = await addSecret(sandbox, part, new Date(controlPanel.now()))
      await client.call('POST', `/v1/cloud-providers/${provider.id}/credentials`, { kind: 'secret', secret })
    },
    async signInByCode(who) {
      await client.call('PUT', `/v1/cloud-providers/${provider.id}/device-code`, { isAllowed: true })
      type Begun = CodeSignIn & { verificationUri: string; userCode: string }
      const wanted = { cloudProviderId: provider.id, requestedAddress: part.addresses[0], requestedKind: kind }
      const begun = await client.call<Begun>('POST', '/v1/device-sign-ins', wanted)
      // If it ends at a page of Microsoft, only the user sees the reason.
      await approveDevice(browse(), begun.verificationUri, begun.userCode, who).catch(() => undefined)
      return begun
    },
    codeSignIn: (id) => client.call('GET', `/v1/device-sign-ins/${id}`),
    async reply(subject, text = 'It is on its way.') {
      const message = { emailAccountId: accountId, to: [{ name: 'Kim', address: customer }], cc: [], bcc: [] }
      const headers = new Headers({ 'idempotency-key': `drill-${key}-${++letters}` })
      return (await client.call<{ id: string }>('POST', '/v1/submissions', { ...message, subject, text }, headers)).id
    },
    submission: (id) => client.call('GET', `/v1/submissions/${id}`),
    async disconnect() {
      for (const id of accountIds) await client.call('POST', `/v1/email-accounts/${id}/disconnect`)
    },
    async retry(id, { hasArrived }) {
      const { state } = await client.call<Submission>('GET', `/v1/submissions/${id}`)
      if (state === 'failed') await client.call('POST', `/v1/submissions/${id}/retry`)
      const decision = hasArrived ? 'was-sent' : 'send-again'
      if (state === 'unknown') await client.call('POST', `/v1/submissions/${id}/decide`, { decision })
    },
  }
}

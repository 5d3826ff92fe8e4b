/**
 * A running sandbox with an application registered in it, for third-party clients. The user goes through the real
 * pages. The tasks of an admin (registration, consent policy) are done directly in the directory.
 */
import { startSandbox } from '../src/sandbox.ts'
import { createPerson, overHttp, type SendRequest } from '../test/browser.ts'
import { EXCHANGE, GRAPH, type Permission, type RequiredResourceAccess } from '../src/tenants/index.ts'
import { makeCertificate, type ClientCertificate } from './certificate.ts'
import { approveDevice, signInAs } from './sign-in.ts'

const MICROSOFT = { login: 'https://login.microsoftonline.com', graph: 'https://graph.microsoft.com' }
const REDIRECT_URI = 'http://localhost:3999/callback'
const PERSON = { address: 'ben@contoso.example' }
const LONGEST_WAIT_MS = 15_000

export interface Stage {
  /** Base addresses under which clients reach the sandbox. */
  addresses: { login: string; graph: string }
  tenantId: string
  clientId: string
  clientSecret: string
  publicClientId: string
  certificate: ClientCertificate
  redirectUri: string
  person: { address: string }
  now(): Date
  /** Like the global `fetch`, but also resolves Microsoft's host names when the sandbox uses them. */
  fetch(url: string, options?: RequestInit): Promise<Response>
  graph(path: string, accessToken: string): Promise<Response>
  /** Goes through the pages as {@link Stage.person} and returns the address that the client receives. */
  signIn(authorizeUrl: string): Promise<URL>
  /** Enters the user code of a device as {@link Stage.person} and approves the device. */
  approveDevice(page: string, userCode: string): Promise<void>
  /** Delegated token for Graph with all mail scopes. */
  accessToken(): Promise<string>
  /** Delegated token for IMAP. */
  imapToken(): Promise<string>
  /** Delegated token for sending by SMTP. */
  smtpToken(): Promise<string>
  /** Address of the SMTP server, for connections with or without TLS. */
  smtp: { host: string; port: number }
  /** Application-only token for Exchange with the role for IMAP. */
  applicationToken(): Promise<string>
  /** Like Add-MailboxPermission: grants the application's service principal Full Access to a shared mailbox. */
  letApplicationIn(address: string): void
  /** Address of the IMAP server, without TLS. */
  imap: { host: string; port: number }
  /** Messages of the user's folder, oldest first. */
  messagesIn(folder: 'inbox' | 'archive' | 'sentitems'): { subject: string; isRead: boolean; isFlagged: boolean }[]
  /** Marks the newest message with that subject as read, as Outlook would. */
  readInOutlook(subject: string): void
  audienceOf(accessToken: string): unknown
  /** Like "Revoke sessions" in the portal: refresh tokens issued before now are refused. */
  revokeSessions(): void
  /** Deletes the application's permission grants; returns a function that restores them. */
  withdrawConsent(): () => void
  /** Adds messages to the user's folder and returns the number of messages in it. */
  fill(folder: 'inbox', count: number): Promise<number>
  /** Repeats `question` until it returns a value; fails after 15 s. */
  until<T>(question: () => Promise<T | undefined>): Promise<T>
  /** Source of the mail with that subject that arrived at an external address. */
  outsideMail(to: string, subject: string): Promise<string>
  close(): Promise<void>
}

export async function createStage({ microsoftNames }: { microsoftNames: boolean }): Promise<Stage> {
  const sandbox = await startSandbox({ withMail: false, ...(microsoftNames ? { named: MICROSOFT } : {}) })
  const { directory, mailStore, clock } = sandbox
  const { people, applications, consents } = directory
  const addresses = microsoftNames ? MICROSOFT : { login: sandbox.addresses.login, graph: sandbox.addresses.graph }

  const tenantId = people.findTenant('contoso.example')!.id
  people.setUserConsent(tenantId, 'allow')
  const user = people.findUserByAddress(PERSON.address)!
  const certificate = await makeCertificate('Foreign client', clock.now())
  const application = register()
  const secret = applications.addPassword(application.id, { displayName: 'foreign' })
  const publicClient = applications.add(tenantId, {
    displayName: 'Foreign public client',
    publicClient: { redirectUris: [REDIRECT_URI] },
    isFallbackPublicClient: true,
  })

  const origins: Record<string, string> = {
    [addresses.login]: sandbox.addresses.login,
    [addresses.graph]: sandbox.addresses.graph,
    // Upload URLs have a different host name, to which Graph's client must not send its token.
    'https://outlook.office.com': sandbox.addresses.graph,
  }
  function route(url: string): string {
    const { origin } = new URL(url)
    return (origins[origin] ?? origin) + url.slice(origin.length)
  }
  const send = overHttp(Object.values(sandbox.addresses))
  const routed: SendRequest = (request) => send({ ...request, url: route(request.url) })
  // One browser for the whole run, like one user.
  const person = createPerson(routed)

  function register() {
    const scope = ({ id }: Permission) => ({ id, type: 'Scope' as const })
    const imapRole = EXCHANGE.application.find(({ value }) => value === 'IMAP.AccessAsApp')!
    const graphRoles = GRAPH.application.filter(({ value }) => value === 'Mail.ReadWrite')
    const requiredResourceAccess: RequiredResourceAccess[] = [
      {
        resourceAppId: GRAPH.appId,
        resourceAccess: [
          ...GRAPH.delegated.filter(({ value }) => /^(Mail\.(ReadWrite|Send)|User\.Read)$/.test(value)).map(scope),
          ...graphRoles.map(({ id }) => ({ id, type: 'Role' as const })),
        ],
      },
      {
        resourceAppId: EXCHANGE.appId,
        resourceAccess: EXCHANGE.delegated.filter(({ value }) => /^(IMAP|SMTP)/.test(value)).map(scope),
      },
    ]
    const registered = applications.add(tenantId, {
      displayName: 'Foreign client',
      signInAudience: 'AzureADMultipleOrgs',
      web: {
        redirectUris: [REDIRECT_URI],
        logoutUrl: null,
        implicitGrantSettings: { enableIdTokenIssuance: false, enableAccessTokenIssuance: false },
      },
      requiredResourceAccess,
      keyCredentials: [
        {
          keyId: crypto.randomUUID(),
          displayName: 'foreign',
          type: 'AsymmetricX509Cert',
          usage: 'Verify',
          key: certificate.derBase64,
          customKeyIdentifier: certificate.thumbprintSha1Base64,
          startDateTime: certificate.notBefore.toISOString(),
          endDateTime: certificate.notAfter.toISOString(),
        },
      ],
    })
    const client = consents.addServicePrincipal(tenantId, registered)
    const graph = consents.findServicePrincipal(tenantId, GRAPH.appId)!
    for (const { id } of graphRoles) consents.assignAppRole(client.id, graph.id, id)
    consents.assignAppRole(client.id, consents.findServicePrincipal(tenantId, EXCHANGE.appId)!.id, imapRole.id)
    return registered
  }

  async function tokenFor(scope: string): Promise<string> {
    const question = new URLSearchParams({
      client_id: stage.clientId,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope,
    })
    const callback = await stage.signIn(`${addresses.login}/${tenantId}/oauth2/v2.0/authorize?${question.toString()}`)
    const answer = await stage.fetch(`${addresses.login}/${tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: stage.clientId,
        client_secret: stage.clientSecret,
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code') ?? '',
        redirect_uri: REDIRECT_URI,
        scope,
      }),
    })
    const { access_token: token } = (await answer.json()) as { access_token?: string }
    if (token === undefined) throw new Error(`no token from ${callback.href}`)
    return token
  }

  const stage: Stage = {
    addresses,
    tenantId,
    clientId: application.appId,
    clientSecret: secret.secretText,
    publicClientId: publicClient.appId,
    certificate,
    redirectUri: REDIRECT_URI,
    person: PERSON,
    now: () => clock.now(),
    fetch: (url, options) => fetch(route(url), options),
    graph: (path, accessToken) =>
      stage.fetch(addresses.graph + path, { headers: { authorization: `Bearer ${accessToken}` } }),
    signIn: (authorizeUrl) => signInAs(person, authorizeUrl, PERSON.address, REDIRECT_URI),
    approveDevice: (page, userCode) => approveDevice(person, page, userCode, PERSON.address),
    accessToken: () => tokenFor('https://graph.microsoft.com/Mail.ReadWrite https://graph.microsoft.com/Mail.Send'),
    imapToken: () => tokenFor('https://outlook.office.com/IMAP.AccessAsUser.All'),
    smtpToken: () => tokenFor('https://outlook.office.com/SMTP.Send'),
    smtp: sandbox.mailServers.smtp,
    async applicationToken() {
      const answer = await stage.fetch(`${addresses.login}/${tenantId}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({
          client_id: stage.clientId,
          client_secret: stage.clientSecret,
          grant_type: 'client_credentials',
          scope: 'https://outlook.office365.com/.default',
        }),
      })
      return ((await answer.json()) as { access_token: string }).access_token
    },
    letApplicationIn(address) {
      const client = consents.findServicePrincipal(tenantId, application.appId)!
      people.grantRight(people.findUserByAddress(address)!.id, client.id, 'FullAccess')
    },
    imap: sandbox.mailServers.imap,
    messagesIn(folderName) {
      const folderId = mailStore.wellKnownFolder(user.id, folderName).id
      return mailStore
        .listMessages({ mailboxId: user.id, folderId, limit: 1000, withContent: false })
        .map(({ subject, isRead, flagStatus }) => ({ subject, isRead, isFlagged: flagStatus === 'flagged' }))
    },
    readInOutlook(subject) {
      const found = mailStore
        .listMessages({ mailboxId: user.id, limit: 1000, withContent: false })
        .filter((message) => message.subject === subject)
      mailStore.updateFlags(found.at(-1)!.key, { isRead: true })
    },
    audienceOf(accessToken) {
      const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as {
        aud?: unknown
      }
      return claims.aud
    },
    revokeSessions() {
      people.updateUser(user.id, { tokensValidFrom: clock.now().getTime() + 1000 })
      clock.move(2000)
    },
    withdrawConsent() {
      const client = consents.findServicePrincipal(tenantId, application.appId)!
      const grants = consents.listGrants(client.id)
      for (const { id } of grants) consents.removeGrant(id)
      return () => {
        for (const { resourceId, scope, principalId } of grants) {
          consents.grant(client.id, resourceId, scope.split(' '), principalId)
        }
      }
    },
    async fill(folderName, count) {
      const folder = mailStore.wellKnownFolder(user.id, folderName)
      for (let i = 0; i < count; i++) {
        const source = `From: kim@customer.example\r\nTo: ${PERSON.address}\r\nSubject: Number ${i}\r\n\r\nHello ${i}\r\n`
        await mailStore.appendMime(user.id, folder.id, Buffer.from(source))
      }
      return mailStore.countsOf(folder.id).totalItemCount
    },
    async until(question) {
      const deadline = performance.now() + LONGEST_WAIT_MS
      for (;;) {
        const answer = await question()
        if (answer !== undefined) return answer
        if (performance.now() > deadline) throw new Error(`no answer within ${LONGEST_WAIT_MS} ms`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    outsideMail(to, subject) {
      const api = `${sandbox.addresses.controlPanel}/api/outside/messages`
      return stage.until(async () => {
        const answer = await fetch(`${api}?to=${encodeURIComponent(to)}`)
        const { messages } = (await answer.json()) as { messages: { id: string; subject: string }[] }
        const found = messages.find((message) => message.subject === subject)
        return found && (await fetch(`${api}/${found.id}/raw`)).text()
      })
    },
    close: () => sandbox.close(),
  }
  return stage
}

/** Mailboxes of a running sandbox, opened by transports as a delegate or the owner. */
import { createHash, randomBytes } from 'node:crypto'
import { afterAll } from 'vitest'
import { systemClock, type Clock } from '../../src/kernel/clock.ts'
import { createDialGuard } from '../../src/kernel/dial-guard.ts'
import { createEgress, type Egress } from '../../src/kernel/egress.ts'
import { Secret } from '../../src/kernel/secret.ts'
import {
  createCallBudget,
  createGraphTransport,
  createImapReading,
  createMailboxConnections,
  type DraftSending,
  type GraphTransport,
  type GraphTransportOptions,
  type MailboxConnections,
  type Notifications,
  type ReadingTransport,
} from '../../src/transports/index.ts'
import { mailParser } from './mail-parser.ts'
import { CONTOSO, openSandboxDirectory } from './sandbox-directory.ts'
import { createSandboxPerson } from './sandbox-people.ts'
import { type SandboxProcess, startSandboxProcess } from './sandbox-process.ts'

const GRAPH = '00000003-0000-0000-c000-000000000000'
const EXCHANGE = '00000002-0000-0ff1-ce00-000000000000'
const REDIRECT_URI = 'http://localhost:3999/callback'
const GRAPH_SCOPES = 'https://graph.microsoft.com/'
const EXCHANGE_SCOPES = 'https://outlook.office.com/'
const ALL_SCOPES = ['Mail.ReadWrite', 'Mail.Send', 'Mail.ReadWrite.Shared', 'Mail.Send.Shared', 'User.Read']

export interface EmailAccountsForTest {
  sandbox: SandboxProcess
  /** All requests to Graph and to upload URLs. */
  requests: SentRequest[]
  /** Opens a mailbox. `as` signs in; `address` is the mailbox, `me` for their own. */
  open(
    as: string,
    address: string,
    options?: Partial<GraphTransportOptions> & { scopes?: string[] },
  ): Promise<OpenedAccount>
  /** Opens a mailbox by IMAP. `as` signs in. */
  openByImap(
    as: string,
    address: string,
    clock?: Clock,
  ): Promise<{ reading: ReadingTransport; connections: MailboxConnections }>
  /** Sends a request to Graph as `as`, bypassing the transport. */
  ask<Answer>(as: string, method: string, path: string, body?: unknown): Promise<Answer>
  /** Delivers a message from an external sender. */
  write(letter: { from: string; to: string; subject: string; text?: string; html?: string }): Promise<void>
}

/** A Graph mailbox with the functions of both its transports. */
export type OpenedAccount = GraphTransport & ReadingTransport & DraftSending & Notifications

export interface SentRequest {
  method: string
  url: URL
  authorization: string | undefined
  prefer: string | undefined
}

export async function emailAccountsForTest(): Promise<EmailAccountsForTest> {
  const sandbox = await startSandboxProcess()
  const directory = await openSandboxDirectory(sandbox)
  const egress = createEgress({ allowPrivate: (origin) => /^http:\/\/(localhost|127\.0\.0\.1):/.test(origin) })
  afterAll(() => egress.close())
  const requests: SentRequest[] = []
  const tokens = new Map<string, Promise<string>>()
  const opened: MailboxConnections[] = []
  afterAll(() => Promise.all(opened.map((each) => each.close())))

  const watched: Egress = {
    ...egress,
    fetch(url, request) {
      const { method = 'GET', headers = {} } = request ?? {}
      requests.push({ method, url: new URL(url), authorization: headers['authorization'], prefer: headers['prefer'] })
      return egress.fetch(url, request)
    },
  }

  function tokenOf(address: string, scopes: readonly string[], resource = GRAPH): Promise<string> {
    const key = `${address} ${scopes.join(' ')}`
    const known = tokens.get(key) ?? signIn(address, scopes, resource)
    tokens.set(key, known)
    return known
  }

  /**
   * Signs in with a separate registration: a token contains all consented permissions, even when fewer are requested.
   */
  async function signIn(address: string, scopes: readonly string[], resource: string): Promise<string> {
    const { clientId, secret } = await directory.register(
      { displayName: 'Postkey', signInAudience: 'AzureADMyOrg', web: { redirectUris: [REDIRECT_URI] } },
      { consentTo: scopes.map((value) => ({ resourceAppId: resource, value })) },
    )
    const verifier = randomBytes(32).toString('base64url')
    const authority = `${sandbox.login}/${CONTOSO.tenantId}/oauth2/v2.0`
    const question = new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: scopes.map((scope) => `${resource === GRAPH ? GRAPH_SCOPES : EXCHANGE_SCOPES}${scope}`).join(' '),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    const callback = await createSandboxPerson(sandbox, address).walk(`${authority}/authorize?${question.toString()}`)
    const answer = await fetch(`${authority}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: clientId,
        client_secret: secret.value,
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code') ?? '',
        redirect_uri: REDIRECT_URI,
        code_verifier: verifier,
      }),
    })
    const { access_token: token } = (await answer.json()) as { access_token?: string }
    if (token === undefined) throw new Error(`no token for ${address}: ${callback.search}`)
    return token
  }

  return {
    sandbox,
    requests,
    async open(as, address, { scopes = ALL_SCOPES, ...options } = {}) {
      const value = new Secret(await tokenOf(as, scopes))
      const transport = createGraphTransport({
        cloud: {
          graphRoot: sandbox.graph,
          scopePrefixes: { exchange: 'https://outlook.office.com/' },
          allowsHttpLoopback: true,
        },
        egress: watched,
        clock: systemClock,
        accessToken: () => Promise.resolve({ value, expiresAt: new Date('2099-01-01T00:00:00Z') }),
        discard: () => Promise.resolve(),
        address,
        budget: createCallBudget({ clock: systemClock }),
        parser: mailParser,
        ...options,
      })
      const { reading, sending } = transport
      return { ...transport, ...reading, ...sending, ...reading.notifications! }
    },
    async openByImap(as, address, clock = systemClock) {
      const value = new Secret(await tokenOf(as, ['IMAP.AccessAsUser.All'], EXCHANGE))
      const connections = createMailboxConnections({
        server: { host: 'localhost', port: sandbox.imapPort, tls: 'none' },
        login: {
          by: 'token',
          userName: address,
          principalKind: as === address ? 'owner' : 'delegate',
          accessToken: () => Promise.resolve({ value, expiresAt: new Date('2099-01-01T00:00:00Z') }),
          discard: () => Promise.resolve(),
        },
        dialGuard: createDialGuard({ declared: new Set([`localhost:${sandbox.imapPort}`]) }),
        clock,
      })
      opened.push(connections)
      return { connections, reading: createImapReading({ connections, clock, parser: mailParser }) }
    },
    async ask<Answer>(as: string, method: string, path: string, body?: unknown) {
      const answer = await fetch(`${sandbox.graph}/v1.0${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await tokenOf(as, ALL_SCOPES)}`,
          prefer: 'IdType="ImmutableId"',
          'content-type': 'application/json',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return (text === '' ? undefined : JSON.parse(text)) as Answer
    },
    async write(letter) {
      const answer = await fetch(`${sandbox.controlPanel}/api/outside/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...letter, to: [letter.to] }),
      })
      if (!answer.ok) throw new Error(`not written: ${await answer.text()}`)
    },
  }
}

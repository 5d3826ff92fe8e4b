/** A Graph site for tests: the real store and directory, unsigned tokens, a transport that counts. */
import type { AccessTokenClaims, AccessTokenVerifier } from '../../entra-id/index.ts'
import { createFaults } from '../../faults/index.ts'
import type { MovableClock } from '../../kernel/clock.ts'
import { openDatabase } from '../../kernel/database.ts'
import { createDeferred } from '../../kernel/deferred.ts'
import { createDirectory, GRAPH, seedTenants } from '../../tenants/index.ts'
import { createMailStore, type MessageContent } from '../mail-store/index.ts'
import type { Submission, TransportError } from '../transport/index.ts'
import { createGraphSite, type GraphSiteDeps } from './graph-site.ts'
import type { MailHabits } from './mail-call.ts'

export const ADA = '00000000-0000-4000-8000-000000000001'
export const ANNA = '00000000-0000-4000-8000-000000000002'
export const BEN = '00000000-0000-4000-8000-000000000003'
export const CARLA = '00000000-0000-4000-8000-000000000004'
export const GUEST = '00000000-0000-4000-8000-000000000006'
export const SUPPORT = '00000000-0000-4000-8000-000000000007'
export const BILLING = '00000000-0000-4000-8000-000000000008'

export const GRAPH_AT = 'http://graph.example'
export const START = Date.UTC(2026, 10, 2, 8)

/** Response of Graph, with the members that tests check. */
export interface GraphBody {
  [property: string]: unknown
  '@odata.nextLink'?: string
  '@odata.deltaLink'?: string
  id: string
  value: GraphItem[]
  error: { code: string; message: string; innerError: Record<string, string> }
}
export interface GraphItem {
  [property: string]: unknown
  id: string
  subject?: string
}

export interface Answer {
  statusCode: number
  headers: Record<string, unknown>
  text: string
  body: GraphBody
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
interface AskOptions {
  /** Claims of the token; by default Anna's, with the scopes of a mail client. */
  as?: AccessTokenClaims
  /** JSON; with a content type in `headers`, the raw text. */
  body?: unknown
  headers?: Record<string, string>
}

export function createGraphWorld(options: { habits?: Partial<MailHabits>; plugins?: GraphSiteDeps['plugins'] } = {}) {
  const database = openDatabase(':memory:')
  const clock = fakeClock()
  const reported: unknown[] = []
  const report = (error: unknown) => reported.push(error)
  const deferred = createDeferred(database, clock, report)
  const directory = createDirectory(database, clock)
  seedTenants(database, directory)
  const mailStore = createMailStore({ database, clock, directory, report })
  const transport = new CountingTransport()
  const faults = createFaults(database, clock, directory)
  const addresses = { login: 'http://login.example', graph: GRAPH_AT, portal: '', controlPanel: '' }

  const issued = new Map<string, AccessTokenClaims>()
  const accessTokens: AccessTokenVerifier = {
    verify: async (token) => {
      const claims = issued.get(token)
      if (claims) return { claims }
      if (token === 'old') return { refused: 'expired' }
      return { refused: token === 'exchange' ? 'wrong-audience' : 'malformed' }
    },
  }
  function bearer(claims: AccessTokenClaims): string {
    const token = `token-${issued.size}`
    issued.set(token, claims)
    return `Bearer ${token}`
  }

  const site = createGraphSite({
    database,
    clock,
    deferred,
    directory,
    accessTokens,
    mailStore,
    transport,
    settings: { listening: addresses, named: addresses },
    faults,
    plugins: options.plugins ?? [],
    report,
    ...(options.habits && { habits: options.habits }),
  })

  function person(userId: string, ...scopes: string[]): AccessTokenClaims {
    const { tenantId } = directory.people.getUser(userId)
    return { ...claims(tenantId), userId, scopes: new Set(scopes) }
  }
  function application(...roles: string[]): AccessTokenClaims {
    return { ...claims(directory.people.getUser(ANNA).tenantId), roles: new Set(roles) }
  }
  function claims(tenantId: string): AccessTokenClaims {
    return {
      audience: GRAPH.audience,
      tenantId,
      appId: '11111111-0000-4000-8000-000000000000',
      userId: undefined,
      scopes: new Set(),
      roles: new Set(),
      issuedAt: clock.now().getTime() - 60_000,
      expiresAt: clock.now().getTime() + 3_600_000,
      claimsCapable: false,
    }
  }

  async function ask(method: Method, url: string, { as, body, headers = {} }: AskOptions = {}): Promise<Answer> {
    const caller = as ?? person(ANNA, 'Mail.ReadWrite', 'Mail.Send', 'User.Read')
    const answer = await site.inject({
      method,
      url: url.startsWith(GRAPH_AT) ? url.slice(GRAPH_AT.length) : `/v1.0${url}`,
      headers: { authorization: bearer(caller), ...headers },
      ...(body !== undefined && { payload: body as string | object }),
    })
    const isJson = String(answer.headers['content-type']).startsWith('application/json')
    return {
      statusCode: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      body: (isJson ? JSON.parse(answer.body) : {}) as GraphBody,
    }
  }
  const get = (url: string, more?: AskOptions) => ask('GET', url, more)
  const post = (url: string, body?: unknown, more?: AskOptions) => ask('POST', url, { body, ...more })

  /** Follows `@odata.nextLink` to the end. */
  async function all(url: string, more?: AskOptions): Promise<GraphItem[]> {
    const items: GraphItem[] = []
    for (let next: string | undefined = url; next !== undefined;) {
      const { body }: Answer = await get(next, more)
      items.push(...body.value)
      next = body['@odata.nextLink']
    }
    return items
  }

  /** Delivers external mail to a folder, one minute apart. */
  function receive(
    subject: string,
    more: Partial<MessageContent> = {},
    where: { mailboxId?: string; folder?: string } = {},
  ) {
    clock.move(60_000)
    const mailboxId = where.mailboxId ?? ANNA
    const folder = mailStore.folder(mailboxId, where.folder ?? 'inbox')!
    return mailStore.append(mailboxId, folder.id, { ...mail(subject), sentAt: clock.now().getTime(), ...more }, [])
  }

  const base = { database, clock, deferred, directory, mailStore, transport, faults, site, reported }
  return { ...base, ask, get, post, all, receive, person, application, bearer }
}

export type GraphWorld = ReturnType<typeof createGraphWorld>

export function mail(subject: string): MessageContent {
  return {
    subject,
    body: { contentType: 'text', content: `About ${subject}` },
    from: { name: 'Kim Customer', address: 'kim@customer.example' },
    sender: undefined,
    to: [{ name: 'Anna Berg', address: 'anna@contoso.example' }],
    cc: [],
    bcc: [],
    replyTo: [],
    internetMessageId: `<${encodeURIComponent(subject)}@customer.example>`,
    references: [],
    inReplyTo: [],
    sentAt: START,
    importance: 'normal',
    isDeliveryReceiptRequested: false,
    isReadReceiptRequested: false,
    headers: [],
  }
}

/** Accepts and records every message; refuses the next one on request. */
class CountingTransport {
  readonly submissions: (Submission & { text: string })[] = []
  #refusal: TransportError | undefined

  refuseNext(refusal: TransportError): void {
    this.#refusal = refusal
  }

  async submit(submission: Submission): Promise<void> {
    await Promise.resolve()
    const refusal = this.#refusal
    this.#refusal = undefined
    if (refusal) throw refusal
    this.submissions.push({ ...submission, text: Buffer.from(submission.mime).toString() })
  }
}

/** A clock that stands at {@link START} until it is moved. */
export function fakeClock(): MovableClock {
  let offsetMs = 0
  const listeners: (() => void)[] = []
  return {
    now: () => new Date(START + offsetMs),
    get offsetMs() {
      return offsetMs
    },
    move(byMs) {
      offsetMs += byMs
      for (const listener of listeners) listener()
    },
    onMove: (listener) => listeners.push(listener),
  }
}

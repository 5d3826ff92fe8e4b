import { randomBytes } from 'node:crypto'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { text as readText } from 'node:stream/consumers'
import { afterAll } from 'vitest'
import { createAccountHealth } from '../../src/account-health/index.ts'
import { createAlerts } from '../../src/alerts/index.ts'
import {
  type Cloud,
  createAuthorizationServer,
  createCloudProviders,
  createClouds,
  createKeyRecords,
  createWorkOrders,
  loopbackOriginsOf,
  isServerOfClouds,
  loopbackServersOf,
} from '../../src/cloud-providers/index.ts'
import { createConversations } from '../../src/conversations/index.ts'
import type { Database } from '../../src/database/index.ts'
import { createDoctor } from '../../src/doctor/index.ts'
import { createEmailAccounts, createMailPasswords } from '../../src/email-accounts/index.ts'
import { createEvents } from '../../src/events/index.ts'
import { createHttp, type HttpOptions } from '../../src/http/index.ts'
import { createIncidents } from '../../src/incidents/index.ts'
import { createDialGuard } from '../../src/kernel/dial-guard.ts'
import { createEgressLook } from '../../src/kernel/egress-look.ts'
import { createEgress, type EgressOptions } from '../../src/kernel/egress.ts'
import type { EmailAccountId } from '../../src/kernel/ids.ts'
import { checkKeyRing, createKeyRing } from '../../src/kernel/key-ring.ts'
import { Secret } from '../../src/kernel/secret.ts'
import {
  connectCloudProviders,
  createApplicationAccess,
  createPrincipals,
  findOpenedBy,
} from '../../src/principals/index.ts'
import { createParser } from '../../src/mime/index.ts'
import { createPeople, type Person, type Role } from '../../src/people/index.ts'
import { createServers } from '../../src/servers/index.ts'
import { countUnsent, createSubmissions, type HeldMailService, type SendingWorker } from '../../src/submission/index.ts'
import {
  type AccessTokens,
  type ApplicationTokens,
  createCredentialTrial,
  createTokenRequests,
  createTokens,
} from '../../src/tokens/index.ts'
import { silentLog } from './silent-log.ts'
import type { TestClock } from './test-clock.ts'
import {
  createAccessTrial,
  createMicrosoftService,
  createOwnershipCheck,
  createTokenTransport,
} from '../../src/transports/microsoft/index.ts'
import { MICROSOFT } from '../../src/kernel/mail-services.ts'
import { createTransports } from '../../src/transports/index.ts'

export const TEST_PASSWORD = 'correct horse battery'

export interface TestApp {
  app: FastifyInstance
  rooms: HttpOptions
  publicUrl: URL
  accessTokens: AccessTokens
  applicationTokens: ApplicationTokens
  /** Sends, once it is started. */
  sendingWorker: SendingWorker
  /** Looks for held mail in Sent, when it is asked to. */
  heldMailService: HeldMailService
  /** As a browser at PUBLIC_URL would ask; `as` is a cookie or an API key. */
  ask: (at: string, options?: AskOptions) => Promise<Answer>
  /** Somebody new, and the cookies of their session. */
  person: (role: Role, emailAccountIds?: readonly EmailAccountId[]) => Promise<Person & ShownBy>
}

export interface AskOptions extends Omit<InjectOptions, 'body' | 'headers'> {
  as?: ShownBy | undefined
  body?: unknown
  headers?: Record<string, string | undefined>
}

/** What a request shows of who asks. */
export interface ShownBy {
  cookie?: string
  authorization?: string
}

export interface Answer {
  status: number
  headers: Readonly<Record<string, string | number | string[] | undefined>>
  text: string
  /** Parsed, when it is JSON. */
  body: unknown
}

/**
 * All rooms behind the real HTTP, on a database of the test; nothing listens, and unless the test brings clouds, the
 * only one (`nowhere`) lies on a port of this machine at which nobody is.
 */
export async function createTestApp(
  database: Database,
  clock: TestClock,
  {
    waysOut: otherWays = {},
    mailHosts: declaredHosts = [],
    ...changes
  }: Partial<HttpOptions> & { waysOut?: Partial<EgressOptions>; mailHosts?: readonly string[] } = {},
): Promise<TestApp> {
  const publicUrl = changes.publicUrl ?? new URL('http://localhost:8400')
  const redirectUri = `${publicUrl.origin}/oauth/callback`
  const clouds = changes.clouds ?? createClouds([NOWHERE])
  const onThisMachine = loopbackOriginsOf(clouds)
  const waysOut = { allowPrivate: (origin: string) => onThisMachine.has(origin), ...otherWays }
  const egress = createEgress(waysOut)
  const keyRing = createKeyRing([{ id: 'stored', key: randomBytes(32) }], 'stored')
  const keyRecords = createKeyRecords(database)
  // Whatever a test has stored under that key before: what is sealed from now on opens.
  await checkKeyRing(keyRing, { ...keyRecords, list: async () => [] }, clock)

  const events = createEvents(database)
  const sessionSecret = new Secret('a secret of tests that is long enough for the library')
  const people = createPeople({ database, clock, publicUrl, sessionSecret })
  const { audit } = people
  const base = { database, clock, events, log: silentLog, publicUrl: publicUrl.origin }
  const alerts = createAlerts({ ...base, keyRing, audit, egress, dialGuard: createDialGuard() })
  const incidents = createIncidents({ ...base, alerts, scriptNamesOf: () => undefined })
  const authorizationServer = createAuthorizationServer(egress)
  const common = { database, clock, clouds, authorizationServer, audit, redirectUri }
  const tokenRequests = createTokenRequests(egress, clock)
  const cloudProviders = createCloudProviders({
    ...common,
    keyRing,
    events,
    tryCredential: createCredentialTrial(tokenRequests),
  })
  const workOrders = createWorkOrders({ ...common, cloudProviders, publicUrl: publicUrl.origin })
  const tokens = createTokens({
    ...common,
    keyRing,
    cloudProviders,
    tokenRequests,
    events,
    log: silentLog,
    tryAccess: createAccessTrial({ clock, egress, cloudProviders }),
    isOwnAddress: createOwnershipCheck({ clock, egress, cloudProviders }),
    emailAccountOf: async (grantId, address) => findOpenedBy(await emailAccounts.list(), grantId, address)?.id,
  })
  const { authorizations, grants, accessTokens, applicationTokens, signInLinks } = tokens
  const conversations = createConversations({ database, clock, events, audit, secrets: [sessionSecret] })
  const parser = createParser({ threads: 1 })
  const mailHosts = new Set([...loopbackServersOf(clouds), ...declaredHosts])
  const imap = { dialGuard: createDialGuard({ declared: mailHosts }), parser }
  const mailPasswords = createMailPasswords(database, keyRing)
  const microsoft = createMicrosoftService({ clock, egress, cloudProviders, ...tokens, imap })
  const services = { [MICROSOFT.service]: microsoft }
  const transports = createTransports({ clock, cloudProviders, services, imap, mailPasswords })
  const emailAccounts = createEmailAccounts({
    database,
    clock,
    events,
    audit,
    transports,
    mailServers: {
      passwords: mailPasswords,
      isDeclared: (host, port) => imap.dialGuard.isDeclared(host, port),
      isMicrosoft: (host) => isServerOfClouds(clouds, host),
    },
    cloudProviders,
    cloudProviderOf: async (grantId) => (await grants.get(grantId)).cloudProviderId,
    countsOf: (id) => conversations.reading.counts(id),
    unsentOf: countUnsent,
  })
  const { wishes } = tokens
  const principals = createPrincipals({
    database,
    clock,
    events,
    audit,
    transports,
    grants,
    cloudProviders,
    wishes,
    openWithToken: createTokenTransport({ clock, egress, cloudProviders }),
    emailAccounts,
    onSignIn: tokens.onSignIn,
  })
  const applicationAccess = createApplicationAccess({ emailAccounts, cloudProviders, transports, ...tokens })
  connectCloudProviders(cloudProviders, emailAccounts, applicationAccess)
  const { submissions, worker, heldMail, heldMailService } = createSubmissions({
    ...{ database, clock, events, emailAccounts, conversations },
    log: silentLog,
    ...{ audit, incident: incidents.installation },
  })

  const doctor = createDoctor({
    database,
    clock,
    keyRing,
    keyRecords,
    clouds,
    cloudProviders,
    egress,
    egressLook: createEgressLook(waysOut),
    grants,
    accessTokens,
    applicationTokens,
    transports,
    emailAccounts,
    publicUrl,
    selfTestSecret: sessionSecret,
  })

  const rooms: HttpOptions = {
    publicUrl,
    log: silentLog,
    clock,
    database,
    people,
    clouds,
    cloudProviders,
    workOrders,
    authorizations,
    signInLinks,
    deviceSignIns: tokens.deviceSignIns,
    deviceCodeAllowances: tokens.deviceCodeAllowances,
    grants,
    emailAccounts,
    principals,
    accountHealth: createAccountHealth({ database, clock, emailAccounts }),
    applicationAccess,
    conversations,
    parser,
    submissions,
    heldMail,
    events,
    alerts,
    incidents,
    doctor,
    servers: createServers({ database, clock, log: silentLog, version: '0.0.0', installation: incidents.installation }),
    sync: {
      wake: () => Promise.resolve(),
      lookedAt: () => Promise.resolve(),
      notified: () => Promise.resolve(),
      unfiledCount: () => Promise.resolve(0),
      reconciledOf: () => Promise.resolve([]),
    },
    ...changes,
  }
  const app = await createHttp(rooms)
  afterAll(async () => {
    await app.close()
    await parser.close()
    await egress.close()
    await events.close()
  })

  async function ask(at: string, { as = {}, body, headers, ...options }: AskOptions = {}) {
    const [method, url] = at.split(' ') as ['GET' | 'POST', string]
    const answer = await app.inject({
      method,
      url,
      ...options,
      payloadAsStream: true,
      headers: given({
        host: publicUrl.host,
        origin: method === 'GET' ? undefined : publicUrl.origin,
        ...as,
        ...headers,
      }),
      ...(body !== undefined && { payload: body as object }),
    })
    const type = String(answer.headers['content-type'])
    const stream = answer.stream()
    // A stream of events has no end to wait for; that it began is what is asked.
    if (type === 'text/event-stream') stream.destroy()
    const text = stream.destroyed ? '' : await readText(stream)
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text,
      body: type.includes('json') && text !== '' ? (JSON.parse(text) as unknown) : undefined,
    }
  }

  let number = 0
  async function person(role: Role, emailAccountIds: readonly EmailAccountId[] = []) {
    const email = `${role}${++number}@contoso.example`
    const { url } = await people.links.invite({ email, name: `The ${role} ${number}`, role, emailAccountIds }, 'test')
    const password = new Secret(TEST_PASSWORD)
    await people.links.accept(new Secret(new URL(url.reveal()).hash.slice(1)), { password })
    const signedIn = await people.sessions.signIn({ email, password, clientAddress: `192.0.2.${number}` })
    return { ...signedIn.person, cookie: signedIn.setCookies.map((line) => line.split(';')[0]).join('; ') }
  }

  return {
    app,
    rooms,
    publicUrl,
    accessTokens,
    applicationTokens,
    sendingWorker: worker,
    heldMailService,
    ask,
    person,
  }
}

/** A header that is `undefined` is not sent. */
function given(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined),
  )
}

const ORIGIN = 'http://localhost:9'

const NOWHERE: Cloud = {
  id: 'nowhere',
  name: 'Nowhere',
  authority: ORIGIN,
  graphRoot: ORIGIN,
  scopePrefixes: { graph: 'https://graph.microsoft.com/', exchange: 'https://outlook.office.com/' },
  portal: ORIGIN,
  imap: { host: 'localhost', port: 9, tls: 'none' },
  smtp: { host: 'localhost', port: 9, tls: 'none' },
  personalAccounts: false,
  scriptNames: { azureCli: 'Nowhere', graphPowerShell: 'Nowhere' },
  allowsHttpLoopback: true,
}

import { randomBytes } from 'node:crypto'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { text as readText } from 'node:stream/consumers'
import { afterAll } from 'vitest'
import { createClosing } from '../../src/process/index.ts'
import { type Cloud, createClouds, createKeyRecords } from '../../src/cloud-providers/index.ts'
import { composeRooms, type ComposedRooms } from '../../src/compose-rooms.ts'
import type { Overrides } from '../../src/foundation.ts'
import type { Database } from '../../src/database/index.ts'
import type { Epoch } from '../../src/epoch/index.ts'
import { createHttp, type HttpOptions } from '../../src/http/index.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import type { EmailAccountId } from '../../src/kernel/ids.ts'
import { checkKeyRing, createKeyRing } from '../../src/kernel/key-ring.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { Person, Role } from '../../src/people/index.ts'
import type { Sync } from '../../src/sync/index.ts'
import type { HeldMailService, SendingWorker } from '../../src/submission/index.ts'
import type { AccessTokens, ApplicationTokens } from '../../src/tokens/index.ts'
import { silentLog } from './silent-log.ts'
import type { TestClock } from './test-clock.ts'

export const TEST_PASSWORD = 'correct horse battery'

export interface TestApp {
  app: FastifyInstance
  rooms: HttpOptions
  publicUrl: URL
  accessTokens: AccessTokens
  applicationTokens: ApplicationTokens
  /** Repeats the hooks of unfinished sign-ins, as the tokens room does every few seconds. */
  finishSignIns: () => Promise<void>
  /** Sends messages once it is started. */
  sendingWorker: SendingWorker
  /** Looks for held mail in Sent, on request. */
  heldMailService: HeldMailService
  /** Writes notifications; `catchUp` processes all events until now. */
  notificationIntake: ComposedRooms['notificationIntake']
  /** Applies mailbox actions; `catchUp` processes all events and due actions until now. */
  actionsService: ComposedRooms['actionsService']
  /** Reads mailboxes once it is started; routes do not see it. */
  syncService: Sync
  digests: ComposedRooms['digests']
  /** Forwards to `auditFile` once it is started. */
  auditForwarding: ComposedRooms['rooms']['auditForwarding']
  /** Sends a request like a browser at PUBLIC_URL; `as` is a cookie or an API key. */
  ask: (at: string, options?: AskOptions) => Promise<Answer>
  /** Creates a person and returns the cookies of their session. */
  person: (role: Role, emailAccountIds?: readonly EmailAccountId[]) => Promise<Person & ShownBy>
}

export interface AskOptions extends Omit<InjectOptions, 'body' | 'headers'> {
  as?: ShownBy | undefined
  body?: unknown
  headers?: Record<string, string | undefined>
}

/** Credentials of a request. */
export interface ShownBy {
  cookie?: string
  authorization?: string
}

export interface Answer {
  status: number
  headers: Readonly<Record<string, string | number | string[] | undefined>>
  text: string
  /** Response body, parsed when it is JSON. */
  body: unknown
}

function standingAt(time: Date): Clock {
  return { now: () => time }
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

/** Never restored, and nothing is written about it. */
const NO_EPOCH: Epoch = {
  open: () => Promise.resolve(undefined),
  mark: () => Promise.resolve(true),
  restoredAt: () => Promise.resolve(undefined),
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
}

/** Reads nothing; tests that need mail create a `sync` of their own. */
const NO_SYNC: HttpOptions['sync'] = {
  wake: () => Promise.resolve(),
  lookedAt: () => Promise.resolve(),
  notified: () => Promise.resolve(),
  unfiledCount: () => Promise.resolve(0),
  reconciledOf: () => Promise.resolve([]),
}

export const TEST_SESSION_SECRET = new Secret('a secret of tests that is long enough for the library')

type TestOptions = Partial<HttpOptions> &
  Pick<Overrides, 'network' | 'transports' | 'sessionClock'> & { mailHosts?: string[]; auditFile?: string }

/**
 * All rooms behind the real HTTP, composed as by the server, on a database of the test. No service is started and nothing
 * listens. Sessions stay fresh, unless a clock for them is given. The default cloud, `nowhere`, lies on a loopback port without a server. `changes` replace what routes see.
 */
export async function createTestApp(
  database: Database,
  clock: TestClock,
  {
    network = {},
    transports,
    sessionClock = standingAt(clock.now()),
    mailHosts = [],
    auditFile,
    ...changes
  }: TestOptions = {},
): Promise<TestApp> {
  const publicUrl = changes.publicUrl ?? new URL('http://localhost:8400')
  const clouds = changes.clouds ?? createClouds([NOWHERE])
  const keyRing = createKeyRing([{ id: 'stored', key: randomBytes(32) }], 'stored')
  const keyRecords = createKeyRecords(database)
  // Ignores what an earlier app of the test stored under that key.
  await checkKeyRing(keyRing, { ...keyRecords, list: async () => [] }, clock)
  const sessionSecret = TEST_SESSION_SECRET
  const closing = createClosing(silentLog)
  const databaseUrl = new Secret('postgresql://not-used-by-tests')
  const config = {
    databaseUrl,
    publicUrl,
    alertHosts: [],
    mailHosts,
    signInHosts: [],
    imapCompression: false,
    stateFile: undefined,
    securityContact: undefined,
    corsOrigins: [],
  }
  const composed = composeRooms(
    {
      config: {
        ...config,
        ...{ silentAfterMs: 60 * 60_000, retentionDays: 400, backups: undefined, backupOverdueMs: undefined },
        ...{ auditFile, auditSyslog: undefined },
      },
      version: '0.0.0',
      log: silentLog,
      clock,
      database,
      clouds,
      keyRing,
      keyRecords,
      sessionSecret,
      conversationSecrets: [sessionSecret],
      closing,
    },
    { epoch: NO_EPOCH, network, sessionClock, parserThreads: 1, ...(transports && { transports }) },
  )
  const rooms: HttpOptions = { ...composed.rooms, sync: NO_SYNC, ...changes }
  const { people, events } = composed.rooms
  const app = await createHttp(rooms)
  afterAll(async () => {
    await app.close()
    await closing.close()
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
    // An event stream has no end to wait for; the test only checks that it started.
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
    accessTokens: composed.tokens.accessTokens,
    applicationTokens: composed.tokens.applicationTokens,
    finishSignIns: composed.tokens.finishSignIns,
    sendingWorker: composed.worker,
    heldMailService: composed.heldMailService,
    notificationIntake: composed.notificationIntake,
    actionsService: composed.actionsService,
    syncService: composed.rooms.sync,
    digests: composed.digests,
    auditForwarding: composed.rooms.auditForwarding,
    ask,
    person,
  }
}

/** Removes headers that are `undefined`. */
function given(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined),
  )
}

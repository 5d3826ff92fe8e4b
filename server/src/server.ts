/** The server put together: the one file that knows every room. `main.ts` and `npm start` start it. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createAccountHealth } from './account-health/index.ts'
import { createAlerts } from './alerts/index.ts'
import {
  createAuthorizationServer,
  createCloudProviders,
  createKeyRecords,
  createKeyRotation,
  createProviderWatch,
  createWorkOrders,
  loadClouds,
  loopbackOriginsOf,
  isServerOfClouds,
  loopbackServersOf,
} from './cloud-providers/index.ts'
import { chaosOf } from './chaos.ts'
import { createClosing } from './shutdown.ts'
import type { Config } from './config.ts'
import { createConversations } from './conversations/index.ts'
import { createDatabase, migrate, requireMigrated } from './database/index.ts'
import { createDiskSpace, type WatchedVolume } from './disk-space/index.ts'
import { createDoctor } from './doctor/index.ts'
import { createEmailAccounts, createMailPasswords } from './email-accounts/index.ts'
import { createEpoch, createStateFile } from './epoch/index.ts'
import { createEvents } from './events/index.ts'
import { createHttp, listenOn } from './http/index.ts'
import { createIncidents } from './incidents/index.ts'
import { systemClock, type Clock } from './kernel/clock.ts'
import { createDialGuard } from './kernel/dial-guard.ts'
import { createEgressLook } from './kernel/egress-look.ts'
import { createEgress } from './kernel/egress.ts'
import { AppError } from './kernel/errors.ts'
import type { Log } from './kernel/log.ts'
import type { Secret } from './kernel/secret.ts'
import { createTicker } from './kernel/ticker.ts'
import { createParser } from './mime/index.ts'
import { openKeys } from './keys.ts'
import { createPeople } from './people/index.ts'
import { followClock, isRehearsal, onlyInTime } from './rehearsal-clock.ts'
import { createServers } from './servers/index.ts'
import { createRetention } from './retention/index.ts'
import { countUnsent, createSubmissions, holdUnsent } from './submission/index.ts'
import { createSync, pushSettings } from './sync/index.ts'
import { createCredentialTrial, createTokenRequests, createTokens } from './tokens/index.ts'
import { waitForDatabase } from './wait-for-database.ts'
import {
  createAccessTrial,
  createMicrosoftService,
  createOwnershipCheck,
  createTokenTransport,
} from './transports/microsoft/index.ts'
import { MICROSOFT } from './kernel/mail-services.ts'
import { createTransports } from './transports/index.ts'
import { createApplicationAccess, createPrincipals, connectCloudProviders, findOpenedBy } from './principals/index.ts'

const packageFile = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  version: string
}
/** How often it is looked which of those who stand by are due for their daily check. */
const STAND_BY_LOOK_MS = 60_000
/** How often it is looked which sign-ins by a code are due to be asked about. */
const DEVICE_CODE_LOOK_MS = 1000
/** Deadlines of one round; each request in it has a limit of its own. */
const STAND_BY_DEADLINE_MS = 10 * 60_000
const DEVICE_CODE_DEADLINE_MS = 2 * 60_000
/** What `npm run build` makes. */
const WEB_FOLDER = join(import.meta.dirname, '../../web/dist')

export interface Server {
  /** For the first admin, as long as there is none; every start makes another one and ends the one before. */
  firstAdminLink: Secret | undefined
  /** Completes what was begun, within a few seconds. @throws {AppError} `kernel.end_overdue` */
  close(): Promise<void>
}

export type OpenedRooms = Awaited<ReturnType<typeof openRooms>>

export interface OpeningOptions {
  /** A command at the terminal brings no database up to its version: a server of the old one may run on it. */
  withoutMigrating?: boolean | undefined
  /** Folders whose free space is watched. */
  folders?: readonly WatchedVolume[] | undefined
  /** The id of a key that is lost for good. */
  giveUpKey?: string | undefined
  /** Waits for a database that is not there yet, until it is aborted. Without it, one attempt is made. */
  signal?: AbortSignal | undefined
}

/** Every room put together on database and keys. Nothing listens and nothing works by itself. */
export async function openRooms(config: Config, log: Log, machineClock: Clock, options: OpeningOptions = {}) {
  const { publicUrl } = config
  const redirectUri = `${publicUrl.origin}/oauth/callback`
  const closing = createClosing(log)
  const { signal } = options

  try {
    const connect = () => createDatabase(config.databaseUrl.reveal(), { log })
    const openedDatabase = await (signal ? waitForDatabase(connect, { log, signal }) : connect())
    closing.add('database', 'database', () => openedDatabase.close())
    if (options.withoutMigrating) await requireMigrated(openedDatabase)
    const applied = options.withoutMigrating ? [] : await migrate(openedDatabase, machineClock)
    if (applied.length > 0) log.info({ applied }, 'The database was brought up to this version')
    const clouds = await loadClouds(config.cloudsFile)
    const chaos = await chaosOf(config, openedDatabase, clouds)
    const database = chaos ? chaos.database(openedDatabase) : openedDatabase
    const rehearsal =
      config.clock && (await followClock(config.clock, { log, mayMove: () => isRehearsal(database, clouds) }))
    if (rehearsal) closing.add('connections', 'rehearsal clock', () => rehearsal.stop())
    const clock = rehearsal ?? machineClock
    const keyRecords = createKeyRecords(database)
    const { keyRing, sessionSecret, conversationSecrets } = await openKeys(
      config.keys,
      keyRecords,
      clock,
      options.giveUpKey,
    )

    const onThisMachine = loopbackOriginsOf(clouds)
    const waysOut = {
      allowPrivate: (origin: string) => onThisMachine.has(origin),
      ca: clouds.list().flatMap(({ ca }) => ca ?? []),
    }
    const egress = createEgress(waysOut)
    closing.add('connections', 'egress', () => egress.close())

    const events = createEvents(database)
    const people = createPeople({ database, clock, publicUrl, sessionSecret })
    const { audit } = people
    const dialGuard = createDialGuard({ declared: new Set(config.alertHosts) })
    const alertEgress = createEgress({
      allowPrivate: () => false,
      ownNetwork: (origin) => dialGuard.isDeclaredOrigin(origin),
    })
    closing.add('connections', 'egress of alerts', () => alertEgress.close())
    const alerts = createAlerts({
      database,
      clock,
      keyRing,
      audit,
      events,
      egress: alertEgress,
      dialGuard,
      log: log.child({ room: 'alerts' }),
      publicUrl: publicUrl.origin,
    })
    const incidents = createIncidents({
      database,
      clock,
      events,
      alerts,
      log: log.child({ room: 'incidents' }),
      publicUrl: publicUrl.origin,
      scriptNamesOf: (cloud) => clouds.list().find(({ id }) => id === cloud)?.scriptNames ?? 'none',
    })
    const diskSpace = createDiskSpace({
      database,
      clock,
      installation: incidents.installation,
      log: log.child({ room: 'disk-space' }),
      server: hostname(),
      folders: options.folders ?? [],
    })
    const authorizationServer = createAuthorizationServer(egress)
    const tokenRequests = createTokenRequests(egress, clock)
    const anyCloudProviders = createCloudProviders({
      database,
      keyRing,
      clock,
      clouds,
      authorizationServer,
      tryCredential: createCredentialTrial(tokenRequests),
      audit,
      events,
      redirectUri,
    })
    const cloudProviders = rehearsal ? onlyInTime(anyCloudProviders, clouds, rehearsal) : anyCloudProviders
    const workOrders = createWorkOrders({
      database,
      clock,
      clouds,
      cloudProviders,
      authorizationServer,
      audit,
      redirectUri,
      publicUrl: publicUrl.origin,
    })
    const tokens = createTokens({
      database,
      keyRing,
      clock,
      cloudProviders,
      authorizationServer,
      tokenRequests,
      audit,
      events,
      log: log.child({ room: 'tokens' }),
      redirectUri,
      restoredAt: () => epoch.restoredAt(),
      tryAccess: createAccessTrial({ clock, egress, cloudProviders }),
      isOwnAddress: createOwnershipCheck({ clock, egress, cloudProviders }),
      emailAccountOf: async (grantId, address) => findOpenedBy(await emailAccounts.list(), grantId, address)?.id,
    })
    const { grants, accessTokens } = tokens
    const conversations = createConversations({ database, clock, events, audit, secrets: conversationSecrets })
    const parser = createParser()
    closing.add('connections', 'parser', () => parser.close())
    const mailServers = createDialGuard({ declared: new Set([...loopbackServersOf(clouds), ...config.mailHosts]) })
    const mailPasswords = createMailPasswords(database, keyRing)
    const imap = { dialGuard: mailServers, parser, compression: config.imapCompression }
    const openTransports = createTransports({
      clock,
      cloudProviders,
      services: { [MICROSOFT.service]: createMicrosoftService({ clock, egress, cloudProviders, ...tokens, imap }) },
      imap,
      mailPasswords,
    })
    closing.add('connections', 'mail servers', () => openTransports.close())
    const transports = chaos ? chaos.transports(openTransports) : openTransports
    const emailAccounts = createEmailAccounts({
      database,
      clock,
      events,
      audit,
      transports,
      mailServers: {
        passwords: mailPasswords,
        isDeclared: (host, port) => mailServers.isDeclared(host, port),
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
    const sync = createSync({
      database,
      clock,
      events,
      emailAccounts,
      conversations,
      log: log.child({ room: 'sync' }),
      async pushFor({ kind, principal, cloudProviderId }) {
        if (cloudProviderId === undefined || principal.kind === 'password') {
          throw new TypeError('only Graph tells of new mail')
        }
        const { allowsHttpLoopback } = cloudProviders.cloudOf(await cloudProviders.get(cloudProviderId))
        return pushSettings({ publicUrl, kind, principal, allowsHttpLoopback })
      },
      silentAfterMs: config.silentAfterMs,
    })
    const epoch = createEpoch({
      database,
      clock,
      log: log.child({ room: 'epoch' }),
      stateFile: config.stateFile === undefined ? undefined : createStateFile(config.stateFile),
      hold: holdUnsent,
    })
    const { submissions, worker, heldMail, heldMailService } = createSubmissions({
      database,
      clock,
      events,
      emailAccounts,
      conversations,
      log: log.child({ room: 'submission' }),
      mark: () => epoch.mark(),
      requireSpace: () => diskSpace.require(),
      audit,
      incident: incidents.installation,
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
      applicationTokens: tokens.applicationTokens,
      transports,
      emailAccounts,
      publicUrl,
      selfTestSecret: sessionSecret,
    })

    const servers = createServers({
      database,
      clock,
      log: log.child({ room: 'servers' }),
      version: packageFile.version,
      installation: incidents.installation,
    })

    return {
      closing,
      close: () => closing.close(),
      epoch,
      worker,
      diskSpace,
      heldMailService,
      keeper: tokens.keeper,
      rooms: {
        publicUrl,
        log,
        clock,
        database,
        keyRotation: createKeyRotation(database, keyRing, keyRecords, audit),
        people,
        clouds,
        cloudProviders,
        workOrders,
        authorizations: tokens.authorizations,
        signInLinks: tokens.signInLinks,
        deviceSignIns: tokens.deviceSignIns,
        deviceCodeAllowances: tokens.deviceCodeAllowances,
        grants,
        emailAccounts,
        applicationAccess,
        principals,
        accountHealth: createAccountHealth({ database, clock, emailAccounts }),
        conversations,
        parser,
        submissions,
        heldMail,
        events,
        sync,
        incidents,
        alerts,
        doctor,
        servers,
      },
    }
  } catch (error) {
    await closing.close().catch((err: unknown) => log.warn({ err }, 'The start was undone in part'))
    throw error
  }
}

export async function startServer(
  config: Config,
  log: Log,
  machineClock: Clock = systemClock,
  {
    signal = new AbortController().signal,
    folders = [],
  }: { signal?: AbortSignal; folders?: readonly WatchedVolume[] } = {},
): Promise<Server> {
  const { rooms, epoch, worker, heldMailService, keeper, diskSpace, closing } = await openRooms(
    config,
    log,
    machineClock,
    {
      signal,
      folders,
    },
  )
  let isEnding = false
  // That of a rehearsal where there is one: what is due by it must not wait for the machine's.
  const { clock, people, sync, incidents, alerts } = rooms
  try {
    const http = await createHttp({
      ...rooms,
      webFolder: WEB_FOLDER,
      trustedProxies: config.trustedProxies,
      isEnding: () => isEnding,
    })
    closing.add('work', 'http', () => http.close())
    closing.add('connections', 'http connections', () => http.server.closeAllConnections())

    // First of all the port: whoever finds it taken has touched nobody's mail.
    await listenOn(http, { host: config.host, port: config.port }).catch((error: unknown) => {
      throw isPortTaken(error) ? new AppError('config.port_taken', { cause: error }) : error
    })
    closing.add('connections', 'epoch', () => epoch.stop())
    await epoch.open()
    epoch.start()
    const retention = createRetention({
      database: rooms.database,
      clock,
      log: log.child({ room: 'retention' }),
      days: config.retentionDays,
    })
    closing.add('work', 'retention', () => retention.stop())
    retention.start()
    closing.add('work', 'disk-space', () => diskSpace.stop())
    diskSpace.start()
    closing.add('connections', 'heartbeat', () => rooms.servers.stop())
    await rooms.servers.start()
    closing.add('work', 'grants', () => keeper.stop())
    keeper.start()
    closing.add('work', 'sync', () => sync.stop())
    await sync.start()
    closing.add('work', 'outbox', () => worker.stop())
    await worker.start()
    closing.add('work', 'held mail', () => heldMailService.stop())
    heldMailService.start()
    const standByChecks = createTicker({
      name: 'email-accounts.backup-sign-ins',
      clock,
      everyMs: STAND_BY_LOOK_MS,
      deadlineMs: STAND_BY_DEADLINE_MS,
      run: () => rooms.principals.checkDue(),
      onError: (err) => log.warn({ err }, 'Those who stand by could not be looked at'),
    })
    const deviceCodes = createTicker({
      name: 'tokens.device-sign-ins',
      clock,
      everyMs: DEVICE_CODE_LOOK_MS,
      deadlineMs: DEVICE_CODE_DEADLINE_MS,
      run: () => rooms.deviceSignIns.askDue(),
      onError: (err) => log.warn({ err }, 'Sign-ins by a code could not be asked about'),
    })
    closing.add('work', 'sign-ins by a code', () => deviceCodes.stop())
    deviceCodes.start()
    closing.add('work', 'backup sign-ins', () => standByChecks.stop())
    standByChecks.start()
    closing.add('work', 'alerts', () => alerts.stop())
    await alerts.start()
    closing.add('work', 'incidents', () => incidents.stop())
    await incidents.start()
    const providerWatch = createProviderWatch({
      alerts,
      clock,
      database: rooms.database,
      cloudProviders: rooms.cloudProviders,
      dependents: async (id) =>
        (await rooms.emailAccounts.list()).filter(({ cloudProviderId }) => cloudProviderId === id),
      publicUrl: config.publicUrl.origin,
      onError: (err) => log.warn({ err }, 'A Cloud Provider could not be looked after'),
    })
    closing.add('work', 'Cloud Providers', () => providerWatch.stop())
    providerWatch.start()

    signal.throwIfAborted()
    return {
      firstAdminLink: (await people.links.firstAdmin())?.url,
      close() {
        isEnding = true
        return closing.close()
      },
    }
  } catch (error) {
    await closing.close().catch((err: unknown) => log.warn({ err }, 'The start was undone in part'))
    throw error
  }
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

/**
 * The composition root: creates every room and passes it the rooms that it uses. Recurring work begins only when the
 * service of a room is started.
 *
 * The server (`open-rooms.ts`) and the tests (`test/kit/test-app.ts`) call it with different foundations.
 */
import { hostname } from 'node:os'
import { createAccountBatches } from './account-batches/index.ts'
import { createAccountHealth } from './account-health/index.ts'
import { createAlerts } from './alerts/index.ts'
import { createAudit, createAuditForwarding, createConfiguredTargets, skipUsedAuditIds } from './audit/index.ts'
import { createBackupWatch, createScheduledBackups } from './backup/index.ts'
import {
  createAuthorizationServer,
  createCloudProviders,
  createKeptProviders,
  createKeyRotation,
  createProviderWatch,
  createSeals,
  createWorkOrders,
  isServerOfClouds,
  listLoopbackOrigins,
  listLoopbackServers,
} from './cloud-providers/index.ts'
import { createConnectSessions } from './connect-sessions/index.ts'
import { createIdempotency } from './idempotency/index.ts'
import { createConversations } from './conversations/index.ts'
import { createDiskSpace } from './disk-space/index.ts'
import { createDoctor } from './doctor/index.ts'
import {
  createEmailAccounts,
  createMailPasswords,
  createPrincipalResolver,
  readEmailAccounts,
} from './email-accounts/index.ts'
import { createEpoch, createStateFile } from './epoch/index.ts'
import { createEvents } from './events/index.ts'
import type { Foundation, Overrides, Service } from './foundation.ts'
import { createEventPresenter, withNames } from './http/index.ts'
import { INCIDENT_SOURCES } from './incident-sources.ts'
import { createIncidents } from './incidents/index.ts'
import type { GrantId } from './kernel/ids.ts'
import { createDialGuard } from './kernel/dial-guard.ts'
import { createEgressLook } from './kernel/egress-look.ts'
import { createEgress, type EgressOptions } from './kernel/egress.ts'
import { createInteractiveRequests } from './kernel/interactive-requests.ts'
import type { Log } from './kernel/log.ts'
import { MICROSOFT } from './kernel/mail-services.ts'
import { createParser } from './mime/index.ts'
import { createAccountActions } from './account-actions/index.ts'
import { createIdentityProviders } from './identity-providers/index.ts'
import { createNotifications } from './notifications/index.ts'
import { addMembers, createKeyExpiry, createPeople } from './people/index.ts'
import { connectCloudProviders, createApplicationAccess, createPrincipals, findOpenedBy } from './principals/index.ts'
import { createRetention } from './retention/index.ts'
import { createServers } from './servers/index.ts'
import { createWebhooks, pauseAfterRestore } from './webhooks/index.ts'
import { createWriting } from './writing/index.ts'
import { countQueued, countUnsent, createSubmissions, holdUnsent } from './submission/index.ts'
import { countUnread, createShownAccounts, createSync, createSyncStates, pushSettings } from './sync/index.ts'
import { createCredentialTrial, createTokenRequests, createTokens } from './tokens/index.ts'
import { createTransports } from './transports/index.ts'
import {
  createAccessTrial,
  createMicrosoftService,
  createOwnershipCheck,
  createTokenTransport,
} from './transports/microsoft/index.ts'

export type ComposedRooms = ReturnType<typeof composeRooms>

export function composeRooms(foundation: Foundation, overrides: Overrides = {}) {
  const { config, database, clock, clouds, keyRing, keyRecords, sessionSecret, closing } = foundation
  const { publicUrl } = config
  const redirectUri = `${publicUrl.origin}/oauth/callback`
  const logOf = (room: string): Log => foundation.log.child({ room })
  const isLoopbackOf = listLoopbackOrigins(clouds)
  const network: EgressOptions = {
    allowPrivate: (origin) => isLoopbackOf.has(origin),
    ca: clouds.list().flatMap(({ ca }) => ca ?? []),
    ...overrides.network,
  }
  const egress = createEgress(network)
  closing.add('connections', 'egress', () => egress.close())
  const alertGuard = createDialGuard({ declared: new Set(config.alertHosts) })
  const alertEgress = createEgress({
    allowPrivate: () => false,
    ownNetwork: (origin) => alertGuard.isDeclaredOrigin(origin),
    ...overrides.network,
  })
  closing.add('connections', 'egress of alerts', () => alertEgress.close())
  const signInGuard = createDialGuard({ declared: new Set(config.signInHosts) })
  const signInEgress = createEgress({
    ...network,
    ownNetwork: (origin) => signInGuard.isDeclaredOrigin(origin),
    ...overrides.network,
  })
  closing.add('connections', 'egress of sign-ins', () => signInEgress.close())
  const parser = createParser(overrides.parserThreads === undefined ? {} : { threads: overrides.parserThreads })
  closing.add('connections', 'parser', () => parser.close())

  const events = createEvents(database)
  const audit = createAudit(database, clock)
  const syncStates = createSyncStates({ clock })
  const base = { database, clock, audit, events }
  const { service: webhookService, ...webhooks } = createWebhooks({
    ...base,
    keyRing,
    egress: alertEgress,
    dialGuard: alertGuard,
    log: logOf('webhooks'),
  })
  const alerts = createAlerts({
    ...base,
    keyRing,
    webhooks,
    dialGuard: alertGuard,
    log: logOf('alerts'),
    publicUrl: publicUrl.origin,
  })
  const people = createPeople({
    ...base,
    ...{ publicUrl, sessionSecret, keyRing, alerts, log: logOf('people') },
    sessionClock: overrides.sessionClock,
  })
  const incidents = createIncidents({
    ...base,
    alerts,
    log: logOf('incidents'),
    publicUrl: publicUrl.origin,
    sources: INCIDENT_SOURCES,
    scriptNamesOf: (cloud) => clouds.list().find(({ id }) => id === cloud)?.scriptNames ?? 'none',
  })
  const { installation } = incidents
  const servers = createServers({
    ...base,
    installation,
    counts: {
      countUnread: (before) => countUnread(database.db, before),
      countQueued: (before, most) => countQueued(database.db, before, most),
    },
    log: logOf('servers'),
    version: foundation.version,
  })
  const diskSpace = createDiskSpace({
    ...base,
    installation,
    log: logOf('disk-space'),
    server: hostname(),
    folders: foundation.folders ?? [],
  })
  const backups = createBackupWatch({
    ...base,
    log: logOf('backup'),
    installation,
    schedule: config.backups,
    overdueMs: config.backupOverdueMs,
  })
  const auditForwarding = createAuditForwarding({
    ...base,
    log: logOf('audit'),
    targets: createConfiguredTargets(config, { host: publicUrl.hostname, version: foundation.version }),
    present: (entries) => withNames(people, entries),
    incident: installation,
  })
  const epoch =
    overrides.epoch ??
    createEpoch({
      ...base,
      log: logOf('epoch'),
      stateFile: config.stateFile === undefined ? undefined : createStateFile(config.stateFile),
      hold: holdUnsent,
      pause: (tx, restore) => skipUsedAuditIds(tx).then(() => pauseAfterRestore(tx, restore)),
    })
  const scheduledBackups =
    config.backups &&
    createScheduledBackups({
      ...base,
      databaseUrl: config.databaseUrl.reveal(),
      log: logOf('backup'),
      version: foundation.version,
      schedule: config.backups,
      restoredAt: () => epoch.restoredAt(),
      onEnd: () => backups.poke(),
    })

  const authorizationServer = createAuthorizationServer(egress)
  const tokenRequests = createTokenRequests(egress, clock)
  const atMicrosoft = { ...base, clouds, authorizationServer, redirectUri }
  const createdProviders = createCloudProviders({
    ...atMicrosoft,
    keyRing,
    tryCredential: createCredentialTrial(tokenRequests),
  })
  const cloudProviders = overrides.cloudProviders?.(createdProviders) ?? createdProviders
  const keptProviders = createKeptProviders(database, cloudProviders)
  const workOrders = createWorkOrders({ ...atMicrosoft, cloudProviders, publicUrl: publicUrl.origin })
  const openedBy = async (grantId: GrantId, addresses: readonly string[]) =>
    findOpenedBy(await readEmailAccounts({ database, syncStates }), grantId, addresses)?.id
  const tokens = createTokens({
    ...atMicrosoft,
    keyRing,
    cloudProviders,
    tokenRequests,
    log: logOf('tokens'),
    restoredAt: () => epoch.restoredAt(),
    tryAccess: createAccessTrial({ clock, egress, cloudProviders }),
    isOwnAddress: createOwnershipCheck({ clock, egress, cloudProviders }),
    emailAccountOf: (grantId, address) => openedBy(grantId, [address]),
  })
  const { grants, principalRequests, authorizations, signInLinks, deviceSignIns, deviceCodeAllowances } = tokens
  const identityProviders = createIdentityProviders({
    ...{ database, clock, keyRing, people, cloudProviders, clouds, publicUrl },
    egress: signInEgress,
  })

  const mailGuard = createDialGuard({ declared: new Set([...listLoopbackServers(clouds), ...config.mailHosts]) })
  const imap = { dialGuard: mailGuard, parser, compression: config.imapCompression }
  const mailPasswords = createMailPasswords(database, keyRing)
  const createdTransports = createTransports({
    clock,
    cloudProviders,
    services: {
      [MICROSOFT.service]: createMicrosoftService({
        ...{ clock, egress, imap, ...tokens },
        cloudProviders: keptProviders,
        grants: tokens.keptGrants,
      }),
    },
    imap,
    mailPasswords,
  })
  closing.add('connections', 'mail servers', () => createdTransports.close())
  const transports = overrides.transports?.(createdTransports) ?? createdTransports

  const { searchIndex, snoozes, closingService, ...conversations } = createConversations({
    ...base,
    secrets: foundation.conversationSecrets,
    erasureSeals: createSeals(keyRing),
    onClosingError: (err) => logOf('conversations').warn({ err }, 'Old conversations could not be closed'),
    onSnoozeError: (err) => logOf('conversations').warn({ err }, 'Snoozed conversations could not be opened'),
    readText: (...bodies) => parser.readText(...bodies),
    onIndexError: (err) => logOf('conversations').warn({ err }, 'Messages could not be made searchable'),
  })
  const cloudProviderOf = async (grantId: GrantId) => (await grants.get(grantId)).cloudProviderId
  const emailAccounts = createEmailAccounts({
    ...base,
    syncStates,
    transports,
    mailServers: {
      passwords: mailPasswords,
      isDeclared: (host, port) => mailGuard.isDeclared(host, port),
      isMicrosoft: (host) => isServerOfClouds(clouds, host),
    },
    cloudProviders,
    cloudProviderOf,
    countsOf: (id) => conversations.reading.counts(id),
    unsentOf: countUnsent,
  })
  const principals = createPrincipals({
    ...base,
    transports,
    grants,
    cloudProviders,
    principalRequests,
    openWithToken: createTokenTransport({ clock, egress, cloudProviders }),
    emailAccounts,
    syncStates,
    onSignIn: tokens.onSignIn,
    log: logOf('principals'),
  })
  const { connectSessionsService, ...ofConnectSessions } = createConnectSessions({
    ...{ ...base, ...tokens, keyRing, cloudProviders, emailAccounts, transports, openedBy },
    ...{ linkSecret: sessionSecret, publicUrl: publicUrl.origin, log: logOf('connect-sessions') },
    connectRefusal: people.connectRefusal,
  })
  const { accountBatchesService, ...ofAccountBatches } = createAccountBatches({
    ...{ ...base, emailAccounts, grants, transports, log: logOf('account-batches') },
    resolve: createPrincipalResolver({ cloudProviders, cloudProviderOf }).resolve,
    mayConnect: async (actor) => actor === 'cli' || (await people.connectRefusal(actor)) === undefined,
    addMembers,
  })
  const { idempotency, idempotencyService } = createIdempotency({ ...base, keyRing, log: logOf('idempotency') })
  const applicationAccess = createApplicationAccess({ emailAccounts, cloudProviders, transports, ...tokens })
  connectCloudProviders(cloudProviders, emailAccounts, applicationAccess)
  const providerWatch = createProviderWatch({
    ...base,
    alerts,
    cloudProviders,
    dependents: (cloudProviderId) => emailAccounts.list({ cloudProviderId }),
    publicUrl: publicUrl.origin,
    onError: (err) => logOf('cloud-providers').warn({ err }, 'A Cloud Provider could not be checked'),
  })
  const { factorAnnouncements } = people
  const keyExpiry = createKeyExpiry({
    ...base,
    alerts,
    publicUrl: publicUrl.origin,
    onError: (err) => logOf('people').warn({ err }, 'The expiry of API keys could not be checked'),
  })

  const { accountActions, actionsService } = createAccountActions({
    ...base,
    emailAccounts,
    conversations,
    transports,
    log: logOf('account-actions'),
  })
  const requests = createInteractiveRequests()
  const retention = createRetention({
    ...base,
    emailAccounts,
    mail: conversations.erasure,
    requests,
    log: logOf('retention'),
    days: config.retentionDays,
  })
  const shownAccounts = createShownAccounts()
  const sync = createSync({
    ...base,
    shownAccounts,
    requests,
    emailAccounts,
    conversations,
    log: logOf('sync'),
    async pushFor({ kind, principal, cloudProviderId }) {
      if (cloudProviderId === undefined || principal.kind === 'password') {
        throw new TypeError('only Graph tells of new mail')
      }
      const { allowsHttpLoopback } = cloudProviders.cloudOf(await keptProviders.get(cloudProviderId))
      return pushSettings({ publicUrl, kind, principal, allowsHttpLoopback })
    },
    silentAfterMs: config.silentAfterMs,
    targetFolders: actionsService.targetFolders,
  })
  const { submissions, worker, heldMail, heldMailService, acceptGenerated } = createSubmissions({
    ...base,
    emailAccounts,
    conversations,
    log: logOf('submission'),
    mark: () => epoch.mark(),
    wakeSync: (id) => sync.wake(id),
    requireSpace: () => diskSpace.require(),
    incident: installation,
  })
  const { notifications, notificationIntake, digests } = createNotifications({
    ...base,
    log: logOf('notifications'),
    people: people.people,
    emailAccounts,
    submissions,
    acceptGenerated,
    publicUrl: publicUrl.origin,
  })
  const doctor = createDoctor({
    ...base,
    keyRing,
    keyRecords,
    clouds,
    cloudProviders,
    egress,
    egressLook: createEgressLook(network),
    grants,
    accessTokens: tokens.accessTokens,
    applicationTokens: tokens.applicationTokens,
    transports,
    emailAccounts,
    publicUrl,
    selfTestSecret: sessionSecret,
    backups,
    auditForwarding,
  })

  webhooks.connect({
    present: createEventPresenter({ conversations, parser }),
    readableBy: (owners) => people.webhookOwners(owners),
    mark: () => epoch.mark(),
    incident: installation,
  })

  /** In the order of their start. The epoch is first: it holds mail that may have been sent before any mail is sent. */
  const services: readonly Service[] = [
    { name: 'epoch', phase: 'connections', room: epoch },
    { name: 'retention', phase: 'work', room: retention },
    { name: 'disk-space', phase: 'work', room: diskSpace },
    { name: 'heartbeat', phase: 'connections', room: servers },
    { name: 'rows of Cloud Providers', phase: 'connections', room: keptProviders },
    { name: 'tokens', phase: 'work', room: tokens },
    { name: 'search index', phase: 'work', room: searchIndex },
    { name: 'snoozes', phase: 'work', room: snoozes },
    { name: 'closings', phase: 'work', room: closingService },
    { name: 'sync', phase: 'work', room: sync },
    { name: 'outbox', phase: 'work', room: worker },
    { name: 'held mail', phase: 'work', room: heldMailService },
    { name: 'mailbox actions', phase: 'work', room: actionsService },
    { name: 'notifications', phase: 'work', room: notificationIntake },
    { name: 'digests', phase: 'work', room: digests },
    { name: 'principals', phase: 'work', room: principals },
    { name: 'connect sessions', phase: 'work', room: connectSessionsService },
    { name: 'account batches', phase: 'work', room: accountBatchesService },
    { name: 'idempotency keys', phase: 'work', room: idempotencyService },
    { name: 'alerts', phase: 'work', room: alerts },
    { name: 'webhooks', phase: 'work', room: webhookService },
    { name: 'audit forwarding', phase: 'work', room: auditForwarding },
    { name: 'incidents', phase: 'work', room: incidents },
    { name: 'Cloud Providers', phase: 'work', room: providerWatch },
    { name: 'expiry of API keys', phase: 'work', room: keyExpiry },
    { name: 'announcements of second factors', phase: 'work', room: factorAnnouncements },
    ...(scheduledBackups ? [{ name: 'scheduled backups', phase: 'work', room: scheduledBackups } as const] : []),
    { name: 'age of backups', phase: 'work', room: backups },
  ]

  return {
    services,
    epoch,
    tokens,
    ...{ worker, heldMailService, notificationIntake, digests, actionsService },
    rooms: {
      publicUrl,
      securityContact: config.securityContact,
      corsOrigins: config.corsOrigins,
      log: foundation.log,
      clock,
      database,
      keyRotation: createKeyRotation(database, keyRing, keyRecords, audit),
      people,
      clouds,
      cloudProviders,
      workOrders,
      ...identityProviders,
      ...{
        ...ofConnectSessions,
        ...ofAccountBatches,
        authorizations,
        signInLinks,
        deviceSignIns,
        deviceCodeAllowances,
      },
      grants,
      idempotency,
      emailAccounts,
      applicationAccess,
      directoryUsers: transports.usersIn,
      principals,
      accountHealth: createAccountHealth({ ...base, emailAccounts }),
      conversations,
      searchIndex,
      parser,
      submissions,
      accountActions,
      retention,
      notifications,
      writing: createWriting(base),
      heldMail,
      events,
      webhooks,
      sync,
      shownAccounts,
      requests,
      incidents,
      alerts,
      doctor,
      servers,
      backups,
      auditForwarding,
    },
  }
}

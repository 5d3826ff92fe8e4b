import { release } from 'node:os'
import { createDatabase, readDatabaseFigures } from '../../database/index.ts'
import { createLog } from '../../kernel/log.ts'
import { VERSION } from '../../kernel/version.ts'
import { listAccountFigures } from '../../sync/index.ts'
import { examine } from '../doctor.ts'
import type { CliRooms, VerbCall } from '../verb.ts'
import { readLogLines } from './log-lines.ts'
import type { HiddenNames, Hiding } from './redact.ts'

export interface BundlePart {
  /** File name in the bundle. */
  name: string
  read: (call: VerbCall, hiding: Hiding) => Promise<string>
}

const MOST_INCIDENTS = 100

/** Parts of a bundle. Each names the fields it contains, so that a new field of a room doesn't become part of one. */
export const PARTS: readonly BundlePart[] = [
  {
    name: 'about.json',
    read: async ({ clock, program }) => {
      const { versions, arch, platform } = process
      return toText({
        at: clock.now(),
        version: VERSION,
        node: versions.node,
        arch,
        platform,
        release: release(),
        program: program.command,
      })
    },
  },
  {
    name: 'config.json',
    // Without values: some are secrets, others name hosts.
    read: async (call) => toText(call.examineConfig({ isStart: call.program.command !== 'postkey' })),
  },
  {
    name: 'doctor.txt',
    // Without operands and options, it examines the installation.
    read: async (call, { hide }) =>
      hide((await examine({ ...call, operands: [], options: {} }, () => undefined)).text.abbreviated),
  },
  { name: 'incidents.json', read: async ({ open }) => toText(await listIncidents(await open())) },
  { name: 'mailboxes.json', read: async ({ open }) => toText(await listEmailAccounts(await open())) },
  { name: 'cloud-providers.json', read: async ({ open }) => toText(await listProviders(await open())) },
  { name: 'servers.json', read: async ({ open }) => toText(await listServers(await open())) },
  { name: 'metrics.txt', read: async ({ open }) => readMetrics(await open()) },
  { name: 'database.json', read: async (call) => toText(await readDatabase(call)) },
  {
    name: 'log.ndjson',
    read: async ({ options, findLogFile }, hiding) => readLogLines(String(options['log'] ?? findLogFile()), hiding),
  },
]

/** Names in texts of the installation. */
export async function listNames({ open }: VerbCall): Promise<HiddenNames> {
  const { publicUrl, emailAccounts, cloudProviders, people, grants } = await open()
  const accounts = await emailAccounts.list()
  const providers = await cloudProviders.list()
  const persons = [...(await people.people.list()), ...(await people.links.listOpen())]
  const signIns = await grants.list()
  const names: { name: string | undefined; label: string }[] = [
    { name: publicUrl.host, label: '[public address]' },
    { name: publicUrl.hostname, label: '[public address]' },
    ...accounts.flatMap(({ key, name, address, servers }) =>
      [name, address, servers?.userName].map((each) => ({ name: each, label: `[mailbox ${key}]` })),
    ),
    ...accounts.flatMap(({ servers }) =>
      [servers?.imap.host, servers?.smtp.host].map((each) => ({ name: each, label: '[host]' })),
    ),
    ...providers.flatMap(({ id, name, tenantId, clientId }) => [
      { name, label: `[Cloud Provider ${id}]` },
      { name: tenantId, label: '[tenant]' },
      { name: clientId, label: '[client]' },
    ]),
    ...persons.flatMap(({ name, email }) => [name, email].map((each) => ({ name: each, label: '[user]' }))),
    ...signIns.flatMap(({ userName, displayName }) =>
      [userName, displayName].map((each) => ({ name: each, label: '[user]' })),
    ),
  ]
  return names.flatMap(({ name, label }) => (name === undefined ? [] : [{ name, label }]))
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

async function listIncidents({ incidents }: CliRooms) {
  const { incidents: newest } = await incidents.list({ emailAccountIds: 'all', limit: MOST_INCIDENTS })
  return newest.map(
    ({ id, cause, reason: { code, remedy }, since, openedAt, closedAt, reminders, reopened, affected }) => ({
      ...{ id, cause, code, remedy, since, openedAt, closedAt, reminders, reopened },
      affectedMailboxes: affected.length,
    }),
  )
}

async function listEmailAccounts({ emailAccounts, database }: CliRooms) {
  const figures = new Map((await listAccountFigures(database.db)).map(({ grantId: _, ...row }) => [row.key, row]))
  return (await emailAccounts.list()).map(
    ({
      id,
      key,
      kind,
      cloudProviderId,
      principal,
      receivesBy,
      sendsBy,
      importFrom,
      state,
      reason,
      stateSince,
      attempts,
    }) => ({
      ...{ id, key, kind, cloudProviderId, receivesBy, sendsBy, importFrom, state, stateSince, attempts },
      ...{ principal: principal.kind, code: reason?.code },
      ...figures.get(key),
    }),
  )
}

async function listProviders({ cloudProviders }: CliRooms) {
  const providers = await cloudProviders.list()
  return Promise.all(
    providers.map(async ({ id, cloud, accountTypes, application, state, stateReason, stateSince }) => ({
      ...{ id, cloud, accountTypes, application, state, stateReason, stateSince },
      credentials: (await cloudProviders.listCredentials(id)).map(({ kind, expiresAt, standing, lastUsedAt }) => ({
        ...{ kind, expiresAt, standing: standing.state, lastUsedAt },
      })),
    })),
  )
}

async function listServers({ servers }: CliRooms) {
  return (await servers.list()).map(({ version, pid, startedAt, lastSeenAt, endedAt, state }) => ({
    ...{ version, pid, startedAt, lastSeenAt, endedAt, state },
  }))
}

/** Figures of the installation. Those of the process would be of this command, and Cloud Providers have names. */
async function readMetrics(rooms: CliRooms): Promise<string> {
  // Loaded here, because no other command needs the HTTP server.
  const { createMetrics } = await import('../../http/index.ts')
  const lines = (await createMetrics(rooms).read()).split('\n')
  const own = lines.filter((line) => /^postkey_(?!http_|round|log_)/.test(line))
  return `${own.map((line) => line.replace(/,name="(?:[^"\\]|\\.)*"/, '')).join('\n')}\n`
}

/** Works without the key file, and on a database of another version. */
async function readDatabase({ open, findDatabase }: VerbCall) {
  const rooms = await open().catch(() => undefined)
  if (rooms) return readDatabaseFigures(rooms.database.db)
  const database = await createDatabase((await findDatabase()).reveal(), {
    log: createLog({ level: 'silent' }),
    maxConnections: 1,
  })
  try {
    return await readDatabaseFigures(database.db)
  } finally {
    await database.close()
  }
}

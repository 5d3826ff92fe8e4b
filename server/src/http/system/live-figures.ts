import { Gauge, type Registry } from 'prom-client'
import type { AuditForwarding } from '../../audit/index.ts'
import type { BackupWatch } from '../../backup/index.ts'
import { withAnswerLimit, type Database } from '../../database/index.ts'
import type { SearchIndex } from '../../conversations/index.ts'
import type { Incidents } from '../../incidents/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { isDatabaseError } from '../../kernel/errors.ts'
import { listAccountFigures } from '../../sync/index.ts'
import type { Retention } from '../../retention/index.ts'
import type { Grants } from '../../tokens/index.ts'
import { createInstallationFigures } from './installation-figures.ts'
import { createAuditFigures } from './audit-figures.ts'
import { createBackupFigures } from './backup-figures.ts'
import { tooLate } from './readiness.ts'

const CAUSES = ['provider', 'tenant-policy', 'person', 'mailbox', 'network', 'microsoft', 'installation'] as const

/** Rooms whose figures are read. */
export interface FiguresOf {
  database: Pick<Database, 'db'>
  clock: Clock
  incidents: Pick<Incidents, 'openCounts'>
  grants: Pick<Grants, 'list'>
  searchIndex: Pick<SearchIndex, 'figures'>
  backups: Pick<BackupWatch, 'status'>
  auditForwarding: Pick<AuditForwarding, 'status'>
  retention: Pick<Retention, 'sizes'>
}

/**
 * Metrics for external monitoring: for each mailbox the time since the last read, sent message and refresh, and open
 * incidents. Read at each scrape and stored nowhere; a removed mailbox is missing from the next scrape.
 */
export function createLiveFigures(
  registry: Registry,
  { database, clock, incidents, grants, searchIndex, backups, auditForwarding, retention }: FiguresOf,
) {
  const { db } = database
  const gauge = (name: string, help: string, labelNames: readonly string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  const read = gauge(
    'postkey_account_seconds_since_read',
    'Seconds since the last complete read of the mailbox, or since the last stored page of its import',
    ['account'],
  )
  const sent = gauge(
    'postkey_account_seconds_since_sent',
    'Seconds since the mailbox sent a message; absent before the first one',
    ['account'],
  )
  const refreshed = gauge(
    'postkey_account_seconds_since_refresh',
    'Seconds since the refresh token of its sign-in was renewed',
    ['account'],
  )
  const complete = gauge(
    'postkey_account_seconds_incomplete',
    'Seconds since the time up to which the mailbox is complete',
    ['account'],
  )
  const checked = gauge(
    'postkey_account_seconds_since_check',
    'Seconds since the hourly check found all newest messages stored; absent before the first check',
    ['account'],
  )
  const failed = gauge('postkey_account_checks_failed', 'Number of hourly checks that found a message missed by sync', [
    'account',
  ])
  const stored = gauge(
    'postkey_account_stored_messages',
    'Number of stored messages of the mailbox, counted every few hours; absent before the first count',
    ['account'],
  )
  const storedBytes = gauge(
    'postkey_account_stored_bytes',
    'Bytes of stored mail of the mailbox, counted every few hours: sources as stored, attachments as listed',
    ['account', 'kind'],
  )
  const state = gauge('postkey_account_state', '1 for the current state of the mailbox', ['account', 'state'])
  const open = gauge('postkey_open_incidents', 'Number of open incidents', ['cause'])

  const proof = gauge(
    'postkey_seconds_since_proof',
    'Seconds since the last successful read of the least recently read mailbox, without paused ones',
    [],
  )
  const up = gauge(
    'postkey_database_up',
    '1 if the database answered this scrape; without an answer, figures of mailboxes are absent',
    [],
  )
  const unsearchable = gauge(
    'postkey_search_queue_messages',
    'Number of stored messages that are not searchable yet',
    [],
  )
  const searchLag = gauge(
    'postkey_search_queue_seconds',
    'Seconds since the oldest message that is not searchable yet was stored; 0 without any',
    [],
  )
  const installation = createInstallationFigures(registry, database)
  const readBackup = createBackupFigures(registry, backups)
  const readAuditForwarding = createAuditFigures(registry, auditForwarding)
  const gauges = [
    read,
    sent,
    refreshed,
    complete,
    checked,
    failed,
    stored,
    storedBytes,
    state,
    open,
    unsearchable,
    searchLag,
  ]
  gauges.push(...installation.gauges)

  async function readFigures(): Promise<void> {
    const rows = await listAccountFigures(db)
    const refreshedAt = new Map((await grants.list()).map(({ id, refreshTokenAt }) => [id, refreshTokenAt]))
    const sizes = await retention.sizes.list()
    const now = clock.now()
    const secondsSince = (at: Date) => Math.max(0, (now.getTime() - at.getTime()) / 1000)
    for (const each of gauges) each.reset()
    proof.remove()
    const proofs = rows.filter((row) => row.state !== 'paused').map((row) => secondsSince(row.readAt))
    if (proofs.length > 0) proof.set(Math.max(...proofs))
    for (const row of rows) {
      const { key: account } = row
      read.set({ account }, secondsSince(row.readAt))
      if (row.lastSentAt) sent.set({ account }, secondsSince(row.lastSentAt))
      const refreshTokenAt = row.grantId && refreshedAt.get(row.grantId)
      if (refreshTokenAt) refreshed.set({ account }, secondsSince(refreshTokenAt))
      if (row.completeUpTo) complete.set({ account }, secondsSince(row.completeUpTo))
      if (row.checkedAt) checked.set({ account }, secondsSince(row.checkedAt))
      failed.set({ account }, row.checksFailed)
      state.set({ account, state: row.state }, 1)
      const size = sizes.get(row.id)
      if (!size) continue
      stored.set({ account }, size.messages)
      storedBytes.set({ account, kind: 'sources' }, size.sourceBytes)
      storedBytes.set({ account, kind: 'attachments' }, size.attachmentBytes)
    }
    const queue = await searchIndex.figures()
    unsearchable.set(queue.messages)
    searchLag.set(queue.lagSeconds)
    await readBackup()
    await readAuditForwarding()
    const counts = await incidents.openCounts()
    for (const cause of CAUSES) open.set({ cause }, counts[cause] ?? 0)
    await installation.read(now)
  }

  /**
   * Refreshes the metrics before each scrape. A database without a response is reported as a metric, because the other
   * metrics of this process are most important then.
   */
  return async function refresh(withinMs: number): Promise<void> {
    try {
      await Promise.race([withAnswerLimit(withinMs, readFigures), tooLate(withinMs)])
      up.set(1)
    } catch (error) {
      if (!isDatabaseError(error)) throw error
      for (const each of gauges) each.reset()
      proof.remove()
      up.set(0)
    }
  }
}

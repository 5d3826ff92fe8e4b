import type { CloudProviders } from '../cloud-providers/index.ts'
import { isRefused, type AuditForwarding, type AuditForwardStatus } from '../audit/index.ts'
import type { BackupWatch } from '../backup/index.ts'
import { readRelease, type Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, fillText } from '../kernel/errors.ts'
import { checkKeyRing, type KeyRecords, type KeyRing } from '../kernel/key-ring.ts'
import { askSelfTest } from './self-test.ts'
import type { Secret } from '../kernel/secret.ts'
import { ok, spared, type Step, wrong } from './steps.ts'
import { TEXTS } from './texts.ts'

export interface InstallationDeps {
  database: Pick<Database, 'db'>
  clock: Clock
  keyRing: KeyRing
  keyRecords: KeyRecords
  cloudProviders: Pick<CloudProviders, 'list' | 'credentialsOf'>
  publicUrl: URL
  selfTestSecret: Secret
  backups: Pick<BackupWatch, 'status'>
  auditForwarding: Pick<AuditForwarding, 'status'>
}

/** Steps for the foundations of all other checks: Postkey's database, keys and public URL. */
export function installationSteps(deps: InstallationDeps): Step[] {
  const { database, clock, keyRing, keyRecords, cloudProviders, publicUrl, selfTestSecret, backups, auditForwarding } =
    deps
  return [
    {
      id: 'database',
      what: 'database',
      async look() {
        const beganAt = performance.now()
        const version = await describePostgres(database, clock.now())
        const responseTime = `${Math.round(performance.now() - beganAt)} ms`
        return ok(TEXTS.databaseAnswers, { [TEXTS.responseTime]: responseTime, [TEXTS.postgresVersion]: version })
      },
    },
    {
      id: 'keys',
      what: 'keys',
      needs: ['database'],
      async look() {
        await checkKeyRing(keyRing, keyRecords, clock)
        const providers = await cloudProviders.list()
        const opened = await Promise.all(providers.map(({ id }) => cloudProviders.credentialsOf(id)))
        const rows = opened.flat().length
        return ok(rows === 0 ? TEXTS.keyFits : TEXTS.keyOpens, {
          [TEXTS.currentKey]: keyRing.currentId,
          [TEXTS.credentialsOpened]: String(rows),
        })
      },
    },
    {
      id: 'backup',
      what: 'backup',
      needs: ['database'],
      async look() {
        const { complete, overdueAt, isOverdue, detail } = await backups.status()
        if (isOverdue) return wrong(new AppError('backup.overdue'), undefined, { [TEXTS.lastBackup]: detail })
        if (!complete) return spared(overdueAt ? TEXTS.firstBackup : TEXTS.noBackupExpected)
        return ok(TEXTS.backupRecent, { [TEXTS.lastBackup]: complete.startedAt.toISOString() })
      },
    },
    {
      id: 'audit-forwarding',
      what: 'audit-forwarding',
      needs: ['database'],
      async look() {
        const states = await auditForwarding.status()
        if (states.length === 0) return spared(TEXTS.auditNotForwarded)
        const facts = Object.fromEntries(states.map((state) => [state.destination, describeForwarding(state)]))
        if (states.some(isRefused)) return wrong(new AppError('audit.destination_differs'), undefined, facts)
        if (states.some(({ reason, isBehind }) => reason ?? isBehind)) {
          return wrong(new AppError('audit.forwarding_failed'), undefined, facts)
        }
        if (states.some(({ deleted }) => deleted)) return wrong(new AppError('audit.deleted_unsent'), undefined, facts)
        return ok(TEXTS.auditForwarded, facts)
      },
    },
    {
      id: 'public-url',
      what: 'public-url',
      about: publicUrl.origin,
      async look() {
        const answer = await askSelfTest(publicUrl, selfTestSecret)
        switch (answer.outcome) {
          case 'itself':
            return ok(TEXTS.publicUrlIsThis)
          case 'elsewhere':
            return wrong(new AppError('doctor.public_url_elsewhere'), undefined, { answered: answer.said })
          case 'unreachable':
            return wrong(new AppError('doctor.public_url_unreachable', { cause: answer.cause }), undefined, {
              reason: answer.reason,
            })
        }
      },
    },
  ]
}

function describeForwarding({ failingSince, reason, detail, lagMs, deleted }: AuditForwardStatus): string {
  const cause = [reason?.title, detail].filter(Boolean).join(': ')
  return [
    failingSince ? fillText(TEXTS.auditFailing, { since: failingSince.toISOString(), cause }) : cause,
    fillText(TEXTS.auditLag, { seconds: String(Math.round(lagMs / 1000)) }),
    deleted && fillText(TEXTS.auditDeleted, { count: String(deleted.count), at: deleted.at.toISOString() }),
  ]
    .filter(Boolean)
    .join(', ')
}

const DAY_MS = 24 * 60 * 60_000

/** Version of PostgreSQL. The built-in one has no package manager that updates it, so its age is stated. */
async function describePostgres({ db }: Pick<Database, 'db'>, now: Date): Promise<string> {
  const { version, releasedOn } = await readRelease(db)
  if (releasedOn === undefined) return version
  const days = Math.floor((now.getTime() - Date.parse(releasedOn)) / DAY_MS)
  return fillText(TEXTS.builtIn, { version, day: releasedOn, days: String(days) })
}

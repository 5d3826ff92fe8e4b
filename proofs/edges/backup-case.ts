/** Restores a backup that is older than mail sent since. */
import { readdirSync, rmSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { until, type Case } from './case.ts'
import type { Installation } from './installation.ts'

const SENT_SINCE = 5
const MAIL_LIMIT_MS = 60_000
/** Long enough for a worker to claim what is due several times. */
const WATCHED_MS = 45_000
const REPORT = /backup|restored|older than/i

export const restoredBackup: Case = {
  name: 'restored-backup',
  promised: `of ${SENT_SINCE} submissions sent after the backup none arrives twice; they are held, and a report says how old the database is`,
  async run(context, findings) {
    const installation = await context.installation()
    const { accounts, wires, postgres, served } = installation
    const account = accounts.graph
    await account.submit()
    await account.settle(MAIL_LIMIT_MS)

    wires.graph.fail('reset')
    const subjects: string[] = []
    for (let n = 0; n < SENT_SINCE; n++) {
      const { subject, refusal } = await account.submit()
      if (refusal !== undefined) throw new Error(refusal)
      subjects.push(subject)
    }
    await served.stop()
    await postgres.stop()
    const backup = saveDatabase(installation)
    await postgres.start()
    wires.graph.heal()
    await installation.start()
    const before = await account.settle(MAIL_LIMIT_MS)
    if (before.lost > 0) findings.faults.push(`not sent before the backup is restored: ${before.missing.join(', ')}`)

    await installation.served.stop()
    await postgres.stop()
    backup.restore()
    await postgres.start()
    const since = Date.now()
    const beganAt = performance.now()
    const again = await installation.start()
    const reported = await until(WATCHED_MS, async () => (await reportOf(installation, since)) !== undefined)
    if (reported !== null) {
      const report = (await reportOf(installation, since))!
      findings.noticedMs = Math.round(performance.now() - beganAt)
      findings.explained = true
      findings.saw.push(report)
    }
    const counts = () => Promise.all(subjects.map((subject) => account.countArrived(subject)))
    await until(WATCHED_MS - (performance.now() - beganAt), async () => (await counts()).some((n) => n > 1))
    findings.doubled = (await counts()).filter((n) => n > 1).length
    const rows = await installation.ask<{ state: string; n: string }>(
      'SELECT state, count(*) AS n FROM submissions GROUP BY state ORDER BY state',
    )
    findings.saw.push(`submissions: ${rows.map(({ state, n }) => `${n} ${state}`).join(', ')}`)
    if (!again.isRunning()) findings.faults.push('the server ended')
  },
}

/** A cold copy of PostgreSQL's data, with its owner. */
function saveDatabase({ folder }: Installation): { restore(): void } {
  const data = join(folder, 'data/postgres/data')
  const copy = join(folder, 'backup')
  execFileSync('cp', ['-a', data, copy])
  return {
    restore() {
      for (const entry of readdirSync(data)) rmSync(join(data, entry), { recursive: true })
      execFileSync('cp', ['-a', `${copy}/.`, data])
    },
  }
}

/** First sentence about the backup in the log or the incidents. */
async function reportOf({ client, served }: Installation, since: number): Promise<string | undefined> {
  type Page = { incidents: { title: string; openedAt: string }[] }
  const { incidents } = await client.call<Page>('GET', '/v1/incidents?limit=20').catch((): Page => ({ incidents: [] }))
  const incident = incidents.find(({ title, openedAt }) => Date.parse(openedAt) >= since && REPORT.test(title))
  if (incident) return `incident "${incident.title}"`
  const entry = served.log().find(({ msg }) => REPORT.test(msg))
  return entry && `logged "${entry.msg}"`
}

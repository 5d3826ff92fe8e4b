/** The disk of the log, or of PostgreSQL, is full and has space again. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ask, incidentsSince, settleMail, until, type Case, type ShownIncident } from './case.ts'
import type { Installation } from './installation.ts'
import type { Findings } from './line.ts'
import type { MailTraffic } from './mail-traffic.ts'

const FULL_FOR_MS = 15_000
const MAIL_LIMIT_MS = 90_000
const NOTICE_LIMIT_MS = 60_000
const HEALTH_LIMIT_MS = 5000
const LOG_DISK_MB = 2
const REFUSED_REQUESTS = 200

export const diskFullLog: Case = {
  name: 'disk-full-log',
  promised:
    'with standard output on a full disk the server starts, serves, keeps mail going, and later logs all lines, or how many were dropped',
  async run(context, findings) {
    const installation = await context.installation()
    const { accounts, folder, direct, address } = installation
    const disk = join(folder, 'log-disk')
    mountDisk(disk, LOG_DISK_MB)
    const logFile = join(disk, 'postkey.log')
    const ballast = join(disk, 'ballast')
    try {
      const first = await installation.restart({ logFile })
      fill(ballast)
      // Each is a line of the log.
      for (let n = 0; n < REFUSED_REQUESTS; n++) await ask(`${address}/v1/grants`, HEALTH_LIMIT_MS)
      await accounts.graph.deliver()
      await accounts.graph.submit()
      const { status } = await ask(`${direct}/healthz`, HEALTH_LIMIT_MS)
      if (status !== 200) findings.faults.push(`/healthz answers ${status} while the disk of the log is full`)
      if (!first.isRunning()) findings.faults.push('the server ended')
      // npm itself ends when it cannot print the command it runs.
      const second = await installation.restart({ logFile, command: ['npm', 'run', '--silent', 'serve'] })
      await accounts.mail.submit()
      for (let n = 0; n < REFUSED_REQUESTS; n++) await ask(`${address}/v1/grants`, HEALTH_LIMIT_MS)

      rmSync(ballast)
      const beganAt = performance.now()
      // Lines are kept up to a limit: all of them follow, or a line says how many were dropped.
      const isWhole = () => second.log().filter(({ level }) => level === 30).length >= REFUSED_REQUESTS
      const report = () => second.log().find(({ text }) => isWhole() || /dropped/i.test(text))
      const reported = await until(NOTICE_LIMIT_MS, async () => {
        await ask(`${address}/v1/grants`, HEALTH_LIMIT_MS)
        return report() !== undefined
      })
      if (reported !== null) {
        findings.noticedMs = Math.round(performance.now() - beganAt)
        findings.explained = true
        findings.saw.push(`logged "${report()!.msg}"`)
      }
      if (!second.isRunning()) findings.faults.push('the server ended when space returned')
      for (const account of [accounts.graph, accounts.mail]) await settleMail(account, MAIL_LIMIT_MS, findings)
    } finally {
      await installation.restart()
      execFileSync('umount', [disk])
    }
  },
}

export const diskFullDatabase: Case = {
  name: 'disk-full-database',
  promised:
    'new submissions get 507, everything accepted is kept, an incident names the disk, mail continues by itself',
  async run(context, findings) {
    const installation = await context.installation()
    const { accounts, postgres, folder } = installation
    const data = join(folder, 'data')
    const since = Date.now()
    const ballast = join(data, 'ballast')
    const beganAt = performance.now()
    fill(ballast)
    try {
      await submitWhileFull(accounts.graph, findings, beganAt)
    } finally {
      rmSync(ballast)
    }
    // PostgreSQL gives up when it cannot write its journal; an admin, or the system, starts it again.
    const pidFile = join(data, 'postgres/data/postmaster.pid')
    if (!existsSync(pidFile) || !isRunning(Number(readFileSync(pidFile, 'utf8').split('\n')[0]))) {
      findings.saw.push('PostgreSQL had ended and was started again')
      await postgres.stop()
      await postgres.start()
    }
    await judgeAfterwards({ client: installation.client, account: accounts.graph, since }, findings)
    if (!installation.served.isRunning()) findings.faults.push('the server ended')
  },
}

/** Submits large messages until one is refused, while mail arrives. */
export async function submitWhileFull(account: MailTraffic, findings: Findings, beganAt: number): Promise<void> {
  const refusals: string[] = []
  let accepted = 0
  while (performance.now() - beganAt < FULL_FOR_MS) {
    await account.deliver()
    // Random, as PostgreSQL compresses what it stores.
    const { id, refusal } = await account.submit(randomBytes(100_000).toString('base64'))
    if (id !== undefined) accepted++
    if (refusal !== undefined) refusals.push(refusal)
    if (refusal?.includes(' 507 ')) {
      findings.noticedMs ??= Math.round(performance.now() - beganAt)
      findings.explained ||= refusal.includes('"fix"')
    }
    await pause(500)
  }
  const others = refusals.filter((refusal) => !refusal.includes(' 507 '))
  findings.saw.push(`while full ${accepted} accepted, ${refusals.length - others.length} refused by 507`)
  if (refusals.length === 0) findings.faults.push('no submission was refused')
  if (others.length > 0) findings.faults.push(`${others.length} refused otherwise: ${others[0]!.slice(0, 300)}`)
}

export async function judgeAfterwards(
  { client, account, since }: Pick<Installation, 'client'> & { account: MailTraffic; since: number },
  findings: Findings,
): Promise<void> {
  const isTaken = async () => (await account.submit()).refusal === undefined
  const took = await until(MAIL_LIMIT_MS, isTaken)
  if (took === null) findings.faults.push(`submissions are still refused ${MAIL_LIMIT_MS} ms after space returned`)
  await settleMail(account, MAIL_LIMIT_MS, findings)
  const aboutDisk = ({ title, forAdmins }: ShownIncident) => /disk|space/i.test(title + (forAdmins?.reason.code ?? ''))
  const incident = (await incidentsSince({ client }, since)).find(aboutDisk)
  if (incident) findings.saw.push(`incident "${incident.title}"`)
  else findings.faults.push('no incident about the disk')
}

/** A disk of that size. */
export function mountDisk(folder: string, sizeMb: number): void {
  mkdirSync(folder, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=0711`, 'tmpfs', folder])
}

/** Writes until nothing more fits. */
export function fill(file: string): void {
  const output = openSync(file, 'w')
  try {
    for (let size = 1 << 20; size >= 512; size >>= 1) {
      try {
        for (;;) writeSync(output, Buffer.alloc(size))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
    }
  } finally {
    closeSync(output)
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/**
 * Runs the cases of one group inside namespaces of its own (network, mounts, processes). Started by `main.ts`.
 * Usage: node inside.ts FOLDER GROUP CASE,CASE…
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Case, Context } from './case.ts'
import { mountDisk } from './disk-cases.ts'
import { replaceFile } from './etc-files.ts'
import { groups } from './groups.ts'
import { startInstallation, SITE, type Installation } from './installation.ts'
import { createLine, noFindings, type Line } from './line.ts'
import { longestDelay } from './loop-delay.ts'
import { startNameServer } from './name-server.ts'

const RESOLVER = '127.0.0.53'
/** Longer than any successful case takes. */
const CASE_LIMIT_MS = 480_000

const [folder = '', groupName = '', wanted = ''] = process.argv.slice(2)
const group = groups.find(({ name }) => name === groupName)
if (!group) throw new Error(`no group ${groupName}`)

execFileSync('ip', ['link', 'set', 'lo', 'up'])
replaceFile(folder, '/etc/hosts', `127.0.0.1 localhost ${SITE}\n::1 localhost\n`)
replaceFile(folder, '/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\nservices: files\n')
const resolvConf = replaceFile(folder, '/etc/resolv.conf', `nameserver ${RESOLVER}\n`)
if (resolvConf === undefined) throw new Error('there is no /etc/resolv.conf')
const names = await startNameServer(RESOLVER)

let installing: Promise<Installation> | undefined
let installation: Installation | undefined
const context: Context = {
  ...{ folder, names },
  resolveBy: (address = RESOLVER) => writeFileSync(resolvConf, `nameserver ${address}\n`),
  async installation() {
    installing ??= startInstallation(folder)
    installation = await installing
    return installation
  },
}

const cases = new Set(wanted.split(','))
if (group.dataDiskMb !== undefined) mountDisk(join(folder, 'data'), group.dataDiskMb)
if (!group.withoutInstallation) await context.installation()
await Promise.all(
  group.lanes.map(async (lane) => {
    for (const each of lane) if (cases.has(each.name)) console.log(JSON.stringify(await run(each)))
  }),
)
// Everything that still runs ends with the process namespace.
process.exit()

async function run(each: Case): Promise<Line> {
  const findings = noFindings()
  let from = Date.now()
  let late: NodeJS.Timeout | undefined
  try {
    // The case before may have ended it.
    if (installation && !installation.served.isRunning()) await installation.start()
    from = Date.now()
    const limit = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new Error(`the case did not end within ${CASE_LIMIT_MS} ms`)), CASE_LIMIT_MS)
    })
    await Promise.race([each.run(context, findings), limit])
  } catch (error) {
    findings.faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  } finally {
    clearTimeout(late)
  }
  const to = Date.now()
  const pid = installation?.served.isRunning() ? installation.served.serverPid() : undefined
  const loopDelayMs = Math.max(0, longestDelay(folder, from, to, pid))
  return createLine(each, findings, { loopDelayMs, seconds: Math.round((to - from) / 100) / 10 })
}

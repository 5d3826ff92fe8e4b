/**
 * Runs the server as an admin does, behind nginx with TLS, and takes away what the localhost sandbox always has: name
 * servers, disk space, answers of the database, ports, file handles. One JSON line for each case.
 * Usage: npm run --silent edges -- [--json] [--list] [--only CASE,CASE…] [--keep]
 *
 * Needs root on Linux: each group of cases runs in namespaces of its own. Ends with 1 when a promise is broken.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { Group } from './case.ts'
import { groups } from './groups.ts'
import { createLine, noFindings, type Line } from './line.ts'

/** Most of a case is waiting; more at once make starts late on two cores. */
const AT_ONCE = 4
/** The cases of SMTP wait for its time limit of five minutes, twice. */
const GROUP_LIMIT_MS = 20 * 60_000

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
})
const say = (line: string) => {
  if (!values.json) console.error(line)
}
const only = new Set(values.only.flatMap((names) => names.split(',')).filter((name) => name !== ''))
const casesOf = ({ lanes }: Group) => lanes.flat().filter(({ name }) => only.size === 0 || only.has(name))
const all = groups.flatMap(({ lanes }) => lanes.flat())
const unknown = [...only].filter((name) => !all.some((each) => each.name === name))

if (values.list) {
  for (const { name, promised } of all)
    console.log(values.json ? JSON.stringify({ case: name, promised }) : `${name.padEnd(24)} ${promised}`)
} else if (unknown.length > 0) {
  console.error(`There is no case ${unknown.join(', ')}. --list names all ${all.length}.`)
  process.exitCode = 2
} else if (process.platform !== 'linux' || process.getuid?.() !== 0) {
  console.error('npm run edges needs root on Linux: each group of cases runs in namespaces of its own.')
  process.exitCode = 2
} else {
  const lines: Line[] = []
  const waiting = groups.filter((group) => casesOf(group).length > 0)
  const worker = async () => {
    for (let group = waiting.shift(); group; group = waiting.shift()) {
      await runGroup(group, (line) => {
        lines.push(line)
        console.log(JSON.stringify(line))
      })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  const failed = lines.filter(({ ok }) => !ok)
  say(`${lines.length} cases, ${failed.length} not as promised`)
  if (failed.length > 0) process.exitCode = 1
}

async function runGroup(group: Group, report: (line: Line) => void): Promise<void> {
  const cases = casesOf(group)
  const folder = mkdtempSync(join(tmpdir(), 'postkey-edges-'))
  // PostgreSQL runs as another user when we are root, and has to reach its own folder in here.
  chmodSync(folder, 0o711)
  const program = [process.execPath, '--import', './scripts/node-24.js', 'proofs/edges/inside.ts']
  const args = [folder, group.name, cases.map(({ name }) => name).join()]
  // Leftovers of a case end with the process namespace.
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
  const child = spawn('unshare', [...namespaces, ...program, ...args], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const late = setTimeout(() => child.kill('SIGKILL'), GROUP_LIMIT_MS)
  const exited = once(child, 'exit')
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000)
    say(text.trimEnd())
  })
  const missing = new Map(cases.map((each) => [each.name, each]))
  let allKept = true
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line
    missing.delete(line.case)
    allKept &&= line.ok
    report(line)
  }
  await exited
  clearTimeout(late)
  for (const each of missing.values()) {
    const findings = { ...noFindings(), faults: [`the group ended before: ${complaints.trim()}`] }
    report(createLine(each, findings, { loopDelayMs: 0, seconds: 0 }))
  }
  if (allKept && missing.size === 0 && !values.keep) rmSync(folder, { recursive: true, force: true })
  else say(`${folder} is kept. Its log ends:\n${lastLines(join(folder, 'postkey.log'))}`)
}

function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-10).join('\n') : ''
}

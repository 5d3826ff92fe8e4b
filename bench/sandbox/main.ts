/**
 * Part `sandbox` of `npm run bench`: how fast and how large the sandbox is with one full mailbox. Prints one line of JSON per measure,
 * with what is wanted beside it. `--messages` and `--size` make it smaller. It judges nothing: on a busy machine
 * only `cpuMs`, `cpuSeconds` and the ratio to a bare server say something about the sandbox.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { itemsOf, linkOf, takeToken, timed } from './delta-loop.ts'
import type { Answer, Assignment, Question, Ready, Usage } from './measured-process.ts'

/** Targets for 20,000 messages on two cores. */
const WANTED = { messages: 20_000, seedSeconds: 20, pageMedianMs: 20 }
const PAGE = 100
/** Each wait for the measured process; seeding is the longest. */
const LONGEST_WAIT_MS = 180_000

const { values } = parseArgs({ options: { messages: { type: 'string' }, size: { type: 'string' } } })
const messages = Number(values.messages ?? WANTED.messages)
const sizeBytes = Number(values.size ?? 34 * 1024)

const folder = await mkdtemp(join(tmpdir(), 'postkey-bench-'))
const assignment: Assignment = { databasePath: join(folder, 'sandbox.sqlite'), messages, sizeBytes }
const measured = fork(join(import.meta.dirname, 'measured-process.ts'), [JSON.stringify(assignment)])
try {
  await measure()
} finally {
  if (measured.connected) measured.disconnect()
  if (measured.exitCode === null && measured.signalCode === null) await once(measured, 'exit')
  await rm(folder, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  const ready = await hear<Ready>()
  const { size: databaseBytes } = await stat(assignment.databasePath)
  const afterSeed = await ask<Usage>({ ask: 'usage' })
  const seedCpuSeconds = (afterSeed.cpuMs - ready.beforeSeed.cpuMs) / 1000
  report('seed', {
    messages,
    sizeBytes,
    seconds: round(ready.seedMs / 1000),
    wantedSeconds: WANTED.seedSeconds,
    cpuSeconds: round(seedCpuSeconds),
    databaseBytes,
  })

  const authorization = `Bearer ${await takeToken(ready)}`
  const headers = { authorization, prefer: `odata.maxpagesize=${PAGE}` }
  const inbox = `${ready.graph}/v1.0/users/${ready.userId}/mailFolders/inbox/messages`

  const first = await timed(`${inbox}/delta`, headers)
  report('first delta page', { ms: round(first.ms), bytes: first.text.length })
  const list = await timed(`${inbox}?$top=${PAGE}&$orderby=receivedDateTime desc`, headers)
  report('first page of a list', { ms: round(list.ms), bytes: list.text.length })

  const { url: baseline } = await ask<{ url: string }>({ ask: 'serve', body: first.text })
  const pages: number[] = []
  const plain: number[] = []
  let items = itemsOf(first.text)
  // The two take turns, so that whatever else the machine does weighs on both alike.
  for (let next = linkOf(first.text); next;) {
    const page = await timed(next, headers)
    plain.push((await timed(baseline, {})).ms)
    const count = itemsOf(page.text)
    if (count === PAGE) pages.push(page.ms)
    items += count
    next = linkOf(page.text)
  }
  if (items !== messages) throw new Error(`delta brought ${items} of ${messages} messages`)

  const cpuMs = await cpuOfPages(inbox, headers)
  const median = percentile(pages, 50)
  const plainMedian = percentile(plain, 50)
  report('delta page', {
    items: PAGE,
    pages: pages.length,
    medianMs: round(median),
    wantedMedianMs: WANTED.pageMedianMs,
    cpuMs: round(cpuMs),
    p99Ms: round(percentile(pages, 99)),
    sameBytesMedianMs: round(plainMedian),
    sameBytesP99Ms: round(percentile(plain, 99)),
    ratio: round(median / plainMedian),
  })
  report('memory', {
    rssBeforeSeedBytes: ready.beforeSeed.rssBytes,
    rssAfterSeedBytes: afterSeed.rssBytes,
    rssAfterReadingBytes: (await ask<Usage>({ ask: 'usage' })).rssBytes,
  })
}

/** CPU time of the sandbox per page. */
async function cpuOfPages(inbox: string, headers: Record<string, string>): Promise<number> {
  const before = await ask<Usage>({ ask: 'usage' })
  let pages = 0
  for (let next: string | undefined = `${inbox}/delta`; next && pages < 60; pages++) {
    next = linkOf((await timed(next, headers)).text)
  }
  const after = await ask<Usage>({ ask: 'usage' })
  return (after.cpuMs - before.cpuMs) / pages
}

async function ask<T extends Answer>(question: Question): Promise<T> {
  measured.send(question)
  return hear<T>()
}

async function hear<T>(): Promise<T> {
  const ended = once(measured, 'exit').then(() => {
    throw new Error('the measured process ended')
  })
  const [answer] = (await Promise.race([
    once(measured, 'message', { signal: AbortSignal.timeout(LONGEST_WAIT_MS) }),
    ended,
  ])) as [T]
  return answer
}

function report(measure: string, figures: Record<string, number>): void {
  console.log(JSON.stringify({ measure, ...figures }))
}

function percentile(times: readonly number[], percent: number): number {
  const sorted = times.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** An import that is killed in the middle: everything involved is real, and the result is compared with the mailbox. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readExchanges, type Exchange } from '../canary/exchange.ts'
import { connectSupport, SHARED } from '../walk/connect-support.ts'
import { newPlace, startPostkey, type StartedPostkey } from '../walk/started-postkey.ts'
import { createSteps, StepFailed } from '../walk/steps.ts'
import { readDatabaseUrl } from '../walk/traces.ts'
import { fillFolders, heldMessages, type HeldMessage } from './full-folders.ts'
import { watchImport } from './import-watch.ts'
import { storedMessages, untilInPage, type StoredMessages } from './stored-messages.ts'

export interface ImportFigures {
  messages: number
  missing: number
  doubled: number
  /** Number of imported messages when the server was killed. */
  killedAt: number
  /** All requests: empty pages, repeated ones after the kill, capability checks, folder lists. */
  graphRequestsPer1000: number
  /** Number of these requests for pages of messages. */
  graphPages: number
  /** Average while the server was running. */
  messagesPerSecond: number
  peakMemoryMb: number
  /** From the association of the mailbox; includes kill and restart if they came before. */
  newest50ShownAfterMs: number
  restartMs: number
  /** Faults in words; none when all is well. */
  faults: string[]
}

/** Issue 3. For few messages, the requests at the end of each folder would outweigh the rest. */
const MOST_REQUESTS_PER_1000 = 15
const ENOUGH_TO_JUDGE = 1000
/** Messages this close to the edge of the import window may be in it or not. */
const EDGE_MS = 60_000

/** @throws {StepFailed} */
export async function killedImport(messages: number, say: (line: string) => void): Promise<ImportFigures> {
  const place = await newPlace()
  const sandboxFolder = join(place.dataFolder, 'sandbox')
  const step = createSteps('', say)
  let postkey: StartedPostkey | undefined
  try {
    const ownerId = await step('fill the folders', () => fillFolders(sandboxFolder, SHARED, messages))
    const first = await step('start', () => startPostkey({ place, record: 'heads' }))
    postkey = first
    const { client, ear, accountId, associatedAt } = await connectSupport(step, first, 'user-consent')
    const watch = watchImport(client, accountId)
    const killedAt = await step('a third of the import', () => watch.until(({ imported }) => imported >= messages / 3))
    await step('the middle of a page', () => untilInPage(readDatabaseUrl(place)))
    const peaks = [peakMemoryBytes(first.pid)]
    const endedAt = Date.now()
    ear.close()
    await step('kill', () => first.kill())

    const second = await step('start again', () => startPostkey({ place, record: 'heads' }))
    postkey = second
    const restartMs = Date.now() - endedAt
    await step('the rest of the import', () => watch.until(({ done }) => done))
    const doneAt = Date.now()
    peaks.push(peakMemoryBytes(second.pid))
    const stored = await storedMessages(readDatabaseUrl(place), accountId)
    await step('stop', () => second.stop())

    const asked = graphRequests(second, { from: associatedAt, to: doneAt })
    const pages = asked.filter(isForPage)
    const wentOnAt = Math.min(...pages.map(({ at }) => at).filter((at) => at > endedAt))
    const compared = compare(heldMessages(sandboxFolder, ownerId), stored)
    const figures = {
      messages: compared.held,
      missing: compared.missing.length,
      doubled: compared.doubled.length,
      killedAt,
      graphRequestsPer1000: round((asked.length * 1000) / compared.held),
      graphPages: pages.length,
      messagesPerSecond: round((compared.held * 1000) / (endedAt - associatedAt + doneAt - wentOnAt)),
      peakMemoryMb: round(Math.max(...peaks) / 1_000_000),
      newest50ShownAfterMs: watch.newest50ShownAt() - associatedAt,
      restartMs,
    }
    await second.forget()
    return { ...figures, faults: [...compared.faults, ...faultsOf(figures)] }
  } catch (cause) {
    await postkey?.stop()
    throw new StepFailed(step.current, cause, postkey ? `${place.folder} is kept. Its log ends:\n${postkey.log()}` : '')
  }
}

/** Compares by Message-ID, with the number of copies; and folder memberships, which are one for each message held. */
function compare(held: readonly HeldMessage[], stored: StoredMessages) {
  const surely = held.filter(({ receivedAt }) => receivedAt.getTime() > stored.importFrom.getTime() + EDGE_MS)
  const wanted = new Set(surely.map(({ messageId }) => messageId))
  const there = new Set(stored.messageIds)
  const missing = [...wanted].filter((messageId) => !there.has(messageId))
  const doubled = stored.messageIds.filter((messageId, i) => stored.messageIds.indexOf(messageId) !== i)
  const foreign = stored.messageIds.filter((messageId) => !held.some((each) => each.messageId === messageId))
  const faults = [
    ...missing.slice(0, 5).map((messageId) => `${messageId} is missing`),
    ...doubled.slice(0, 5).map((messageId) => `${messageId} is there twice`),
    ...foreign.slice(0, 5).map((messageId) => `${messageId} is in no mailbox`),
    ...(stored.places === surely.length ? [] : [`${stored.places} places for ${surely.length} messages`]),
  ]
  return { held: surely.length, missing, doubled, faults }
}

function faultsOf({ killedAt, messages, graphRequestsPer1000 }: Omit<ImportFigures, 'faults'>): string[] {
  return [
    ...(killedAt < messages ? [] : ['the import was over before the server was killed']),
    ...(messages < ENOUGH_TO_JUDGE || graphRequestsPer1000 <= MOST_REQUESTS_PER_1000
      ? []
      : [`Graph was asked ${graphRequestsPer1000} times for each 1,000 messages`]),
  ]
}

function graphRequests({ place, sandbox }: StartedPostkey, { from, to }: { from: number; to: number }): Exchange[] {
  const port = Number(new URL(sandbox.graph).port)
  return readExchanges(place.exchanges).filter(
    (each) => each.program === 'sandbox' && each.port === port && each.at >= from && each.at <= to,
  )
}

function isForPage({ requestHeaders }: Exchange): boolean {
  return requestHeaders.some(([name, value]) => name === 'prefer' && value.includes('odata.maxpagesize'))
}

/** The highest that its memory ever was (proc(5), VmHWM). */
function peakMemoryBytes(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) * 1024
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

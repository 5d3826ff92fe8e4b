/**
 * The web UI in a real Chromium: first render of the inbox, opening by click, and one new message while many rows are
 * loaded. Times are of the page's own clock, from the navigation or the click until the frame is drawn.
 */
import { randomUUID } from 'node:crypto'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { createControlPanel } from '../proofs/drill/control-panel.ts'
import { ADMIN, SHARED } from '../proofs/walk/connect-support.ts'
import { findProgram } from '../scripts/programs.ts'
import { layConversations, layMailboxes, type LaidMail } from './browser-mail.ts'
import { percentile, type Bench } from './figures.ts'
import { onStage, type Stage } from './stage.ts'

const MAILBOXES = [25, 1000]
const WANTED = { coldMs: 700, warmMs: 250, manyMs: 1000, kilobytes: 500, apiCalls: 11, p50: 150, p99: 300, requests: 3 }
/** Quiet time after which a page has asked for everything. */
const QUIET_MS = 1000
const LIMIT_MS = 60_000

export async function browser(bench: Bench): Promise<void> {
  const executablePath = findProgram('chromium')
  if (!executablePath) throw new Error('Chromium is missing; "npm run setup" installs it or says how.')
  await onStage(bench, async (stage) => {
    const rows = bench.quick ? 1000 : 10_000
    bench.say(`laying ${rows} conversations into the database`)
    const mail = await layConversations(stage.database, stage.accountId, rows)
    const chromiumBrowser = await chromium.launch({ executablePath, args: ['--disable-dev-shm-usage'] })
    try {
      for (const count of MAILBOXES) {
        await layMailboxes(stage.database, stage.accountId, count)
        await firstRender(bench, stage, chromiumBrowser, count)
      }
      await openByClick(bench, stage, chromiumBrowser, mail)
      await newMessage(bench, stage, chromiumBrowser, rows)
    } finally {
      await chromiumBrowser.close()
    }
  })
}

async function firstRender({ quick, tell }: Bench, stage: Stage, chromiumBrowser: Browser, count: number) {
  const runs = quick ? 5 : 15
  const loads: { cold: Load[]; warm: Load[] } = { cold: [], warm: [] }
  for (let run = 0; run < runs; run++) {
    const context = await signIn(chromiumBrowser, stage)
    const page = await context.newPage()
    loads.cold.push(await load(page, stage))
    loads.warm.push(await load(page, stage))
    await context.close()
  }
  for (const [kind, most] of [
    ['cold', WANTED.coldMs],
    ['warm', WANTED.warmMs],
  ] as const) {
    // prettier-ignore
    const median = (figure: keyof Load) => percentile(loads[kind].map((each) => each[figure]), 50) // prettier-ignore
    const name = (figure: string) => `first render of the inbox, ${count} mailboxes, ${kind}: ${figure}`
    tell({
      ...{ name: name('time'), value: median('ms'), unit: 'ms' },
      wanted: { atMost: count > 25 ? WANTED.manyMs : most },
    })
    tell({ name: name('bytes'), value: median('kilobytes'), unit: 'kB', wanted: { atMost: WANTED.kilobytes } })
    tell({ name: name('requests'), value: median('requests'), unit: 'requests' })
    tell({
      name: name('API calls'),
      value: median('apiCalls'),
      unit: 'requests',
      wanted: { atMost: WANTED.apiCalls },
    })
  }
}

async function openByClick({ quick, tell }: Bench, stage: Stage, chromiumBrowser: Browser, mail: LaidMail) {
  const context = await signIn(chromiumBrowser, stage)
  const page = await context.newPage()
  await load(page, stage)
  const clicks = (kind: string, ms: readonly number[]) => {
    tell({ name: `${kind}, p50`, value: percentile(ms, 50), unit: 'ms', wanted: { atMost: WANTED.p50 } })
    tell({ name: `${kind}, p99`, value: percentile(ms, 99), unit: 'ms', wanted: { atMost: WANTED.p99 } })
  }
  const opened: number[] = []
  const traffic = watchRequests(page)
  const some = mail.conversations.slice(0, quick ? 20 : 100)
  for (const each of some) opened.push(await open(page, each))
  clicks('open by click', opened)
  tell({ name: 'open by click: requests', value: traffic.count() / some.length, unit: 'requests' })
  const long: number[] = []
  for (let run = 0; run < (quick ? 5 : 20); run++) {
    const fresh = await context.newPage()
    await load(fresh, stage)
    long.push(await open(fresh, mail.long))
    await fresh.close()
  }
  clicks('open 500 messages by click', long)
  await context.close()
}

async function newMessage({ tell }: Bench, stage: Stage, chromiumBrowser: Browser, rows: number) {
  const context = await signIn(chromiumBrowser, stage)
  const page = await context.newPage()
  await load(page, stage)
  const loaded = () =>
    page.evaluate<number>(`Number(document.querySelector('ul li[aria-setsize]')?.getAttribute('aria-setsize'))`)
  for (const until = performance.now() + 5 * LIMIT_MS; (await loaded()) === -1;) {
    if (performance.now() > until) throw new Error('the list has no end')
    await page.evaluate(`{ const list = document.querySelector('ul:has([data-conversation])').parentElement
      list.scrollTop = list.scrollHeight }`)
    await page.waitForTimeout(10)
  }
  if ((await loaded()) < rows) throw new Error(`only ${await loaded()} rows are loaded`)
  await page.evaluate(`document.querySelector('ul:has([data-conversation])').parentElement.scrollTop = 0`)
  await page.waitForTimeout(QUIET_MS)
  const controlPanel = await createControlPanel(stage.postkey.sandbox.controlPanel, stage.postkey.address)
  const traffic = watchRequests(page)
  const subject = `New message ${randomUUID()}`
  await controlPanel.write({ from: 'new@customer.example', to: SHARED, subject })
  await page.getByText(subject).first().waitFor({ timeout: LIMIT_MS })
  await page.waitForTimeout(3 * QUIET_MS)
  tell({
    ...{ name: `one new message with ${rows} rows loaded`, value: traffic.count(), unit: 'requests' },
    wanted: { atMost: WANTED.requests },
  })
  await context.close()
}

/** A browser without a cache, with the session of the admin. */
async function signIn(chromiumBrowser: Browser, { postkey: { address } }: Stage): Promise<BrowserContext> {
  const context = await chromiumBrowser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })
  context.setDefaultTimeout(LIMIT_MS)
  const { email, password } = ADMIN
  const answer = await context.request.post(`${address}/v1/session`, {
    ...{ data: { email, password }, headers: { origin: address } },
  })
  if (!answer.ok()) throw new Error(`POST /v1/session: ${answer.status()} ${await answer.text()}`)
  await context.addInitScript(MEASURE)
  return context
}

/** Notes when the first row is drawn, when a row is clicked, and when the text of the message with `wanted` id is. */
const MEASURE = `if (window === window.top) {
  const times = (window.benchTimes = {})
  times.when = (name) => new Promise((resolve) => {
    const look = () => (times[name] === undefined ? setTimeout(look, 5) : resolve(times[name]))
    look()
  })
  const drawn = (name) => requestAnimationFrame(() => setTimeout(() => (times[name] = performance.now())))
  addEventListener('click', ({ timeStamp }) => (times.click = timeStamp), true)
  new MutationObserver(() => {
    if (!times.seen && document.querySelector('[data-conversation]')) (times.seen = true), drawn('rows')
    if (times.wanted && document.querySelector('#entry-' + CSS.escape(times.wanted) + ' [data-loaded]')) drawn('text'), (times.wanted = undefined)
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-loaded'] })
}`

interface Load {
  ms: number
  kilobytes: number
  requests: number
  apiCalls: number
}

/** Opens the inbox until its rows are drawn; counts what it asks for until it is quiet. */
async function load(page: Page, { postkey: { address } }: Stage): Promise<Load> {
  const protocol = await page.context().newCDPSession(page)
  await protocol.send('Network.enable')
  let bytes = 0
  const cached = new Set<string>()
  protocol.on('Network.requestServedFromCache', ({ requestId }) => cached.add(requestId))
  protocol.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.fromDiskCache === true) cached.add(requestId)
  })
  protocol.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (!cached.has(requestId)) bytes += encodedDataLength
  })
  const traffic = watchRequests(page)
  await page.goto(`${address}/inbox`, { waitUntil: 'commit' })
  const ms = await page.evaluate<number>(`benchTimes.when('rows')`)
  await page.waitForTimeout(QUIET_MS)
  await protocol.detach()
  return { ms, kilobytes: bytes / 1000, requests: traffic.count(), apiCalls: traffic.count('/v1/') }
}

async function open(page: Page, { id, newest }: { id: string; newest: string }): Promise<number> {
  const row = page.locator(`[data-conversation="${id}"]`)
  await row.scrollIntoViewIfNeeded()
  await page.evaluate(`benchTimes.text = undefined; benchTimes.wanted = '${newest}'`)
  await row.click()
  const ms = await page.evaluate<number>(`benchTimes.when('text').then((text) => text - benchTimes.click)`)
  await page.waitForTimeout(100)
  return ms
}

/** Requests of a page, with those that the cache answers. */
function watchRequests(page: Page) {
  const paths: string[] = []
  page.on('request', (request) => paths.push(new URL(request.url()).pathname))
  return { count: (prefix = '/') => paths.filter((path) => path.startsWith(prefix)).length }
}

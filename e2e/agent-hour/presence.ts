import { setTimeout as pause } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { AGENT, openSignedIn } from '../stage.ts'
import type { HourStage } from './hour-stage.ts'
import { countStatements, cpuSecondsOf } from './server-cost.ts'

const ROUNDS = 50
const SESSIONS = 20
const SAMPLE_MS = 60_000

/**
 * Time from a cause in one browser to its effect in another: who views, who writes, and the number at a view. Then the
 * cost of 20 open browser sessions in which nothing happens.
 */
export async function measurePresence(stage: HourStage) {
  const { browser, postkey, connected } = stage
  await stage.write([
    { customer: 1, subject: 'First question' },
    { customer: 2, subject: 'Second question' },
  ])
  const [anna, ben] = [await openSignedIn(browser, postkey), await openSignedIn(browser, postkey, AGENT)]
  for (const page of [anna, ben]) {
    await page.goto(`${postkey.address}/inbox`)
    await row(page, 'First question').waitFor()
  }
  await row(anna, 'First question').click()
  await anna.getByRole('heading', { name: 'First question', level: 2 }).waitFor()

  const viewing: number[] = []
  const gone: number[] = []
  for (let n = 0; n < ROUNDS; n++) {
    viewing.push(await timed(() => row(ben, 'First question').click(), shows(anna, 'Ben Okafor is viewing')))
    gone.push(await timed(() => row(ben, 'Second question').click(), hides(anna, 'Ben Okafor')))
  }
  await row(ben, 'First question').click()
  await shows(anna, 'Ben Okafor is viewing')()
  const writing: number[] = []
  for (let n = 0; n < ROUNDS; n++) {
    await ben.keyboard.press('r')
    const text = ben.getByRole('region', { name: 'Reply', exact: true }).getByRole('textbox', { name: 'Text' })
    await text.waitFor()
    writing.push(await timed(() => ben.keyboard.type('a'), shows(anna, 'Ben Okafor is writing')))
    await ben.keyboard.press('Backspace')
    await ben.keyboard.press('Escape')
    await shows(anna, 'Ben Okafor is viewing')()
  }
  const counters: number[] = []
  const { client } = connected
  const { conversations } = await client.call<{ conversations: { id: string; subject: string }[] }>(
    'GET',
    '/v1/conversations?view=open',
  )
  const { id } = conversations.find(({ subject }) => subject === 'Second question')!
  const before = await counterOf(anna)
  for (let n = 0; n < ROUNDS; n++) {
    const isClosing = n % 2 === 0
    const act = () => client.call('POST', `/v1/conversations/${id}/${isClosing ? 'close' : 'reopen'}`)
    counters.push(await timed(act, () => untilCounter(anna, isClosing ? before - 1 : before)))
  }
  return {
    milliseconds: {
      viewing: percentiles(viewing),
      gone: percentiles(gone),
      writing: percentiles(writing),
      counters: percentiles(counters),
    },
    idle: await measureIdle({ browser, postkey }),
  }
}

/** Cost per minute of open browsers, half of which show a conversation. */
async function measureIdle({ browser, postkey }: Pick<HourStage, 'browser' | 'postkey'>) {
  const pages: Page[] = []
  for (let n = browser.contexts().length; n < SESSIONS; n++) {
    const page = await openSignedIn(browser, postkey, n % 2 === 0 ? undefined : AGENT)
    await page.goto(`${postkey.address}/inbox`)
    await row(page, 'First question').waitFor()
    if (n % 2 === 0) await row(page, 'First question').click()
    pages.push(page)
  }
  // Fetches in advance and the first reports of presence end.
  await pause(10_000)
  const [cpu, statements] = [cpuSecondsOf(postkey.pid), await countStatements(postkey.place)]
  await pause(SAMPLE_MS)
  const after = cpuSecondsOf(postkey.pid)
  const perMinute = (value: number) => Math.round((value * 60_000 * 100) / SAMPLE_MS) / 100
  return {
    sessions: browser.contexts().length,
    statementsPerMinute: Math.round(perMinute((await countStatements(postkey.place)) - statements)),
    cpuSecondsPerMinute: {
      server: perMinute(after.server - cpu.server),
      withSandboxAndPostgres: perMinute(after.all - cpu.all),
    },
  }
}

async function timed(cause: () => Promise<unknown>, effect: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  const seen = effect().then(() => performance.now() - began)
  await cause()
  return seen
}

const row = (page: Page, subject: string) =>
  page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: subject })
const others = (page: Page) => page.getByRole('status', { name: 'Others in this conversation' })
const shows = (page: Page, text: string) => () => others(page).getByText(text).waitFor()
const hides = (page: Page, text: string) => () => others(page).getByText(text).waitFor({ state: 'detached' })

const COUNTER = 'nav a[href*="view=needs-reply"]'

/** The number at the view is also the description of its link; none means zero. */
async function counterOf(page: Page): Promise<number> {
  return Number((await page.locator(COUNTER).getAttribute('aria-description')) ?? 0)
}

function untilCounter(page: Page, wanted: number): Promise<void> {
  const number = wanted === 0 ? ':not([aria-description])' : `[aria-description="${wanted}"]`
  return page.locator(COUNTER + number).waitFor()
}

/** In whole milliseconds. */
function percentiles(samples: readonly number[]) {
  const sorted = samples.toSorted((one, other) => one - other)
  const at = (part: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)]!)
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), most: at(1) }
}

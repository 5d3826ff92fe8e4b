import type { Page } from 'playwright-core'
import { openSignedIn } from '../stage.ts'
import type { HourStage } from './hour-stage.ts'
import { Keys, shown, sum } from './keys.ts'

const CONVERSATIONS = 40
const ANSWER = 'Your order left us this morning and arrives in two days.'
const CANNED = { name: 'On its way', text: `Hello {{customer.first_name|there}}, ${ANSWER}`, isShared: true }
/** Actions on each conversation, in the order of the list. 25 are answered, 10 closed. */
const PLAN = [
  ...each(1, 'merge'),
  ...each(1, 'answer with canned response'),
  ...each(1, 'merge'),
  ...each(9, 'answer with canned response'),
  ...each(8, 'answer'),
  ...each(7, 'answer', 'close after answer'),
  ...each(3, 'close'),
  ...each(5, 'reassign'),
  ...each(5, 'snooze'),
]
type Action =
  'answer' | 'answer with canned response' | 'close' | 'close after answer' | 'reassign' | 'snooze' | 'merge'

function each(count: number, ...actions: Action[]): Action[][] {
  return Array.from({ length: count }, () => actions)
}

/** An hour of an agent: 40 conversations from the open list, by keyboard alone. */
export async function workAnHour(stage: HourStage) {
  const { browser, postkey, connected } = stage
  await connected.client.call('POST', '/v1/canned-responses', CANNED)
  // The newest is first in the list. One that is merged has the customer of the next one.
  const isMerged = (n: number) => PLAN[n - 1]![0] === 'merge'
  const letters = PLAN.map((_, i) => i + 1).map((n) => ({ customer: isMerged(n) ? n + 1 : n, subject: subjectOf(n) }))
  await stage.write(letters.reverse())
  const page = await openSignedIn(browser, postkey)
  await page.addInitScript(`localStorage.setItem('postkey:after-action', JSON.stringify('next'))`)
  await page.goto(`${postkey.address}/inbox?view=open`)
  await row(page, CONVERSATIONS).waitFor()
  const keys = new Keys(page)
  const began = performance.now()
  await keys.during('open', async () => {
    await keys.press('j', 'Enter')
    await opened(page, 1)
  })
  for (const [n, actions] of PLAN.entries()) {
    for (const action of actions) await keys.during(action, () => ACTIONS[action](page, keys, n + 1))
    const isLast = n + 1 === PLAN.length
    const hasMoved = ['close', 'close after answer', 'snooze', 'merge'].includes(actions.at(-1)!)
    if (isLast) continue
    if (hasMoved) await opened(page, n + 2)
    else {
      await keys.during('open', async () => {
        await keys.press('j')
        await opened(page, n + 2)
      })
    }
  }
  const seconds = (performance.now() - began) / 1000
  const total = sum(keys.efforts.values())
  return {
    conversations: CONVERSATIONS,
    total: { ...shown({ ...total, seconds }), count: undefined },
    perAction: Object.fromEntries([...keys.efforts].map(([kind, effort]) => [kind, shown(effort)])),
  }
}

const ACTIONS: Record<Action, (page: Page, keys: Keys, n: number) => Promise<void>> = {
  async answer(page, keys) {
    await keys.press('r')
    await composer(page).waitFor()
    await keys.type(ANSWER)
    await keys.press('Control+Enter')
    await composer(page).waitFor({ state: 'detached' })
  },
  async 'answer with canned response'(page, keys) {
    await keys.press('r')
    await composer(page).waitFor()
    await keys.press('/')
    const picker = page.getByRole('dialog', { name: 'Insert canned response' })
    await picker.getByRole('option').first().waitFor()
    await keys.type('way')
    await keys.press('Enter')
    await picker.waitFor({ state: 'detached' })
    await composer(page).getByText(ANSWER).waitFor()
    await keys.press('Control+Enter')
    await composer(page).waitFor({ state: 'detached' })
  },
  close,
  'close after answer': close,
  async reassign(page, keys, n) {
    await keys.press('i')
    const dialog = page.getByRole('dialog', { name: 'Assign' })
    await dialog.getByRole('button', { name: 'Ben Okafor' }).waitFor()
    await keys.tabTo(/^Ben Okafor/)
    await keys.press('Enter')
    await notice(page, `Assigned to Ben Okafor: ${subjectOf(n)}`).waitFor()
    await dialog.waitFor({ state: 'detached' })
  },
  async snooze(page, keys, n) {
    await keys.press('b')
    const dialog = page.getByRole('dialog', { name: 'Snooze until' })
    await dialog.getByRole('button', { name: /^Tomorrow/ }).waitFor()
    await keys.tabTo(/^Tomorrow/)
    await keys.press('Enter')
    await page
      .getByRole('alert')
      .filter({ hasText: 'Snoozed until' })
      .filter({ hasText: subjectOf(n) })
      .waitFor()
    await dialog.waitFor({ state: 'detached' })
  },
  async merge(page, keys, n) {
    const into = subjectOf(n + 1)
    await keys.tabTo(/^More conversation actions/)
    await keys.press('Enter')
    await page.getByRole('menuitem', { name: 'Merge…' }).waitFor()
    await keys.press('ArrowDown', 'Enter')
    const dialog = page.getByRole('dialog', { name: 'Merge into another conversation' })
    await dialog.getByRole('radio', { name: into }).waitFor()
    await keys.tabTo(new RegExp(`^${into}`))
    await keys.press('Space')
    await keys.tabTo(/^Merge$/)
    await keys.press('Enter')
    // It has the subject of its first message.
    await opened(page, n + 1)
  },
}

async function close(page: Page, keys: Keys, n: number): Promise<void> {
  await keys.press('e')
  await notice(page, `Closed: ${subjectOf(n)}`).waitFor()
}

function subjectOf(n: number): string {
  return `Order ${1000 + n}`
}

const row = (page: Page, n: number) =>
  page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: subjectOf(n) })
const composer = (page: Page) => page.getByRole('region', { name: 'Reply', exact: true })
const notice = (page: Page, text: string) => page.getByRole('alert').filter({ hasText: text })
const opened = (page: Page, n: number) => page.getByRole('heading', { name: subjectOf(n), level: 2 }).waitFor()

/** Browser for end-to-end tests: the machine's Chromium, driven by playwright-core. */
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { findProgram } from '../scripts/programs.ts'

/** Screen sizes of the visual review. */
export const DESKTOP = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }

export async function openBrowser(): Promise<Browser> {
  const executablePath = findProgram('chromium')
  if (!executablePath) throw new Error('Chromium is missing; "npm run setup" installs it or says how.')
  return chromium.launch({ executablePath, args: ['--disable-dev-shm-usage'] })
}

/** Limit of each action of a page: for what hangs, not a measure. Lower than that of a test, so that the failure names it. */
const ACTION_LIMIT_MS = 60_000

/** A page of a new visitor: no cookies, no storage. Closing the browser closes it. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: DESKTOP, locale: 'en-US', reducedMotion: 'reduce', ...options })
  context.setDefaultTimeout(ACTION_LIMIT_MS)
  return context.newPage()
}

/** True if axe is loaded in the page, and no frame needs it. */
const AXE_IS_LOADED = `typeof axe === 'object' && !document.querySelector('iframe:not([sandbox])')`

/**
 * Serious and critical findings of axe on the page, one line each. Frames that run no script are left out: axe can't
 * run in them, and their content is foreign. No other frame needs the extra page that axe opens to gather its findings,
 * unless `legacyMode` says so.
 *
 * Most of the time of an analysis went into unused data: half a megabyte of code, loaded several times each time,
 * and descriptions of the elements that passed. `resultTypes` leaves these out; the findings are the same.
 */
export async function accessibilityComplaints(page: Page, { rules }: { rules?: string[] } = {}): Promise<string[]> {
  const isLoaded = await page.evaluate<boolean>(AXE_IS_LOADED)
  const axe = new AxeBuilder({ page, ...(isLoaded && { axeSource: '0' }) })
    .exclude('iframe[sandbox]')
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'] })
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join('; ')})`)
}

/** Rules whose result can differ between dark and light; the others were checked in the first scheme. */
const COLOR_RULES = ['color-contrast', 'link-in-text-block']

export interface Look {
  schemes?: readonly ('dark' | 'light')[]
  /** `true` for pictures of the whole page, `false` for the visible part. */
  fullPage?: boolean
}

/**
 * Problems of the screen, one line each: by axe in dark and light, and sideways scrolling on a phone. Each state is
 * kept as a picture.
 */
export async function screenComplaints(
  page: Page,
  name: string,
  { schemes = ['dark', 'light'], fullPage = true }: Look = {},
): Promise<string[]> {
  const complaints: string[] = []
  const picture = (kind: string) => join(import.meta.dirname, 'screenshots', `${name}-${kind}.png`)
  await page.waitForLoadState()
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme })
    const only = colorScheme === schemes[0] ? {} : { rules: COLOR_RULES }
    for (const complaint of await accessibilityComplaints(page, only))
      complaints.push(`${name} in ${colorScheme}: ${complaint}`)
    await page.screenshot({ path: picture(colorScheme), fullPage })
  }
  await page.setViewportSize(PHONE)
  // An open menu takes its place on the smaller screen in a later frame.
  const fits = page.waitForFunction('document.documentElement.scrollWidth <= innerWidth')
  await fits.catch(() => complaints.push(`${name} scrolls sideways on a phone`))
  await page.screenshot({ path: picture('phone'), fullPage })
  await page.setViewportSize(DESKTOP)
  return complaints
}

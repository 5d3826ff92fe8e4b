import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityComplaints, openBrowser, openPage, PHONE } from './browser.ts'

describe('the browser of these tests', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await openBrowser()
  })

  afterAll(() => browser.close())

  it('shows a page in the requested size and color scheme', async () => {
    const page = await openPage(browser, { viewport: PHONE, colorScheme: 'dark' })

    expect(await page.evaluate('[innerWidth, matchMedia("(prefers-color-scheme: dark)").matches]')).toEqual([390, true])
  })

  it('finds accessibility problems', async () => {
    const page = await openPage(browser)
    await page.setContent(
      '<html lang="en"><title>t</title><main><h1>t</h1><input><p style="color:#aaa;background:#fff">pale</p></main></html>',
    )

    expect(await accessibilityComplaints(page)).toEqual([
      expect.stringMatching(/^color-contrast: /),
      expect.stringMatching(/^label: /),
    ])
  })

  it('reports nothing for a correct page', async () => {
    const page = await openPage(browser)
    await page.setContent('<html lang="en"><title>t</title><main><h1>t</h1><label>Name <input></label></main></html>')

    expect(await accessibilityComplaints(page)).toEqual([])
  })
})

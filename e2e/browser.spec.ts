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

  it('finds a problem that appears after the first check, in the page and in a frame with scripts', async () => {
    const page = await openPage(browser)
    const html = '<html lang="en"><title>t</title><main><h1>t</h1></main></html>'
    // Frames talk only within an origin.
    await page.route('http://page.example/', (route) => route.fulfill({ contentType: 'text/html', body: html }))
    await page.goto('http://page.example/')
    expect(await accessibilityComplaints(page)).toEqual([])

    await page.evaluate(`document.querySelector('main').innerHTML += '<input>'`)
    expect(await accessibilityComplaints(page)).toEqual([expect.stringMatching(/^label: .*\(input\)$/)])

    const frame = '<html lang=en><title>f</title><main><h1>f</h1><input></main></html>'
    await page.evaluate(
      `document.querySelector('main').innerHTML = '<h1>t</h1><iframe title=f srcdoc="${frame}"></iframe>'`,
    )
    await page.frames()[1]!.locator('input').waitFor()
    expect(await accessibilityComplaints(page)).toEqual([expect.stringMatching(/^label: .*\(iframe input\)$/)])
  })

  it('reports nothing for a correct page', async () => {
    const page = await openPage(browser)
    await page.setContent('<html lang="en"><title>t</title><main><h1>t</h1><label>Name <input></label></main></html>')

    expect(await accessibilityComplaints(page)).toEqual([])
  })
})

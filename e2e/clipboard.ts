import type { Locator, Page } from 'playwright-core'

/** Pastes text from the clipboard, as by keyboard. */
export async function paste(page: Page, into: Locator, text: string): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`)
  await into.press('Control+V')
}

/** Pastes data as another program would offer it: formatted, plain, or a file. */
export async function pasteIn(
  page: Page,
  into: Locator,
  data: { html?: string; text?: string; file?: { name: string; type: string; base64: string; sizeBytes?: number } },
): Promise<void> {
  await into.focus()
  await page.evaluate(`(({ html, text, file }) => {
    const clipboardData = new DataTransfer()
    if (html !== undefined) clipboardData.setData('text/html', html)
    if (text !== undefined) clipboardData.setData('text/plain', text)
    if (file) {
      const bytes = Uint8Array.from(atob(file.base64), (sign) => sign.charCodeAt(0))
      const content = file.sizeBytes === undefined ? bytes : new Uint8Array(file.sizeBytes)
      clipboardData.items.add(new File([content], file.name, { type: file.type }))
    }
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
    document.activeElement.dispatchEvent(event)
  })(${JSON.stringify(data)})`)
}

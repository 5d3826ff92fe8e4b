/** Users with a browser without JavaScript who complete the sandbox's sign-in pages by the names of their fields. */
import type { SandboxProcess } from './sandbox-process.ts'

export const PASSWORD = 'Sandbox-2026'
const MOST_PAGES = 20

/** Last step of the user; `cancel-…` presses Cancel on that page. */
export type Conduct =
  'accept' | `cancel-at-${'consent' | 'password' | 'needs-admin' | 'admin-consent' | 'device-confirm'}`

export interface SandboxPerson {
  /**
   * Follows a URL of the sandbox to the end of the flow, and returns the redirect URI with its query.
   *
   * @throws {Error} with the text of the page, when the sandbox shows a page without a next step
   */
  walk(url: string, conduct?: Conduct): Promise<URL>
  /** Enters a device code and signs in for it. Returns the text of the last page. */
  typeCode(url: string, code: string, conduct?: Conduct): Promise<string>
}

/** Creates a browser with its own cookies, in which `address` signs in. */
export function createSandboxPerson({ login, controlPanel }: SandboxProcess, address: string): SandboxPerson {
  const cookies = new Map<string, string>()

  async function send(url: URL, form?: URLSearchParams): Promise<Response> {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: form }),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    return answer
  }

  async function walk(start: string, conduct: Conduct = 'accept'): Promise<URL> {
    return walkOn(new URL(start), await send(new URL(start)), conduct)
  }

  async function walkOn(from: URL, first: Response, conduct: Conduct): Promise<URL> {
    let url = from
    let answer = first
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const location = answer.headers.get('location')
      if (location !== null) {
        url = new URL(location, url)
        if (url.origin !== new URL(login).origin) return url
        answer = await send(url)
        continue
      }
      const markup = await answer.text()
      const { action, fields, buttons } = readForm(markup, url)
      // A hint may have filled in the page with another user's name.
      const isForMe = markup.includes(address)
      const form = new URLSearchParams({ ...fields, ...(await next(fields.step, buttons, isForMe, conduct)) })
      url = new URL(action === '' ? url : action, url)
      answer = await send(url, form)
    }
    throw new Error(`still no answer after ${MOST_PAGES} pages`)
  }

  /**
   * Enters a device code. The code page isn't a step of its own. The last page has no form, and its text is the result.
   */
  async function typeCode(url: string, code: string, conduct: Conduct = 'accept'): Promise<string> {
    const page = await send(new URL(url))
    const { action, fields } = readForm(await page.text(), new URL(url))
    const typed = await send(new URL(action, url), new URLSearchParams({ ...fields, otc: code, next: 'yes' }))
    try {
      return (await walkOn(new URL(url), typed, conduct)).href
    } catch (error) {
      return (error as Error).message
    }
  }

  async function next(
    step: string | undefined,
    buttons: readonly { name: string; value: string; text: string }[],
    isForMe: boolean,
    conduct: Conduct,
  ): Promise<Record<string, string>> {
    if (conduct === `cancel-at-${step ?? ''}`) return { cancel: 'yes' }
    switch (step) {
      case 'choose':
        return { account: buttons.find(({ text }) => text.includes(address))?.value ?? 'other' }
      case 'user-name':
        return { loginfmt: address, next: 'yes' }
      case 'password':
        return isForMe ? { passwd: PASSWORD, next: 'yes' } : { back: 'yes' }
      case 'mfa': {
        const answer = await fetch(`${controlPanel}/api/authenticator/${address}`)
        return { otc: ((await answer.json()) as { code: string }).code, next: 'yes' }
      }
      case 'keep':
        return { kmsi: 'yes' }
      case 'consent':
      case 'admin-consent':
        return { consent: 'accept' }
      case 'device-confirm':
        return { continue: 'yes' }
      default:
        throw new Error(`a person would not know what to do at the step "${step ?? ''}"`)
    }
  }

  return { walk, typeCode }
}

/** Parses a page of the sandbox with its single form; not a general parser. */
function readForm(markup: string, url: URL) {
  const form = /<form\b([^>]*)>([\s\S]*?)<\/form>/.exec(markup)
  if (!form) {
    const text = markup.replaceAll(/<style[\s\S]*?<\/style>|<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
    throw new Error(`a page without a form at ${url.pathname}: ${text}`)
  }
  const [, head = '', body = ''] = form
  const fields: Record<string, string> = {}
  for (const [tag] of body.matchAll(/<input\b[^>]*>/g)) {
    if (attribute(tag, 'type') === 'hidden') fields[attribute(tag, 'name')] = attribute(tag, 'value')
  }
  const buttons = [...body.matchAll(/(<button\b[^>]*>)([\s\S]*?)<\/button>/g)].map(([, tag = '', text = '']) => ({
    name: attribute(tag, 'name'),
    value: attribute(tag, 'value'),
    text,
  }))
  return { action: attribute(head, 'action'), fields, buttons }
}

function attribute(tag: string, name: string): string {
  const value = new RegExp(String.raw`\s${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
  return value.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}

/**
 * A browser without JavaScript for tests: opens addresses, fills in forms, presses buttons, keeps cookies and follows
 * redirects. Like a user, it can't use a field or button that is not on the page.
 */
import type { FastifyInstance } from 'fastify'
import { type Button, type Form, readForms, readLinks, visibleText } from './html-forms.ts'

export interface HttpRequest {
  method: 'GET' | 'POST'
  url: string
  headers: Record<string, string>
  body: string | undefined
}

export interface HttpAnswer {
  status: number
  headers: Headers
  body: string
}

/** Sends one request without following redirects. `undefined` when the address is outside of the sandbox. */
export type SendRequest = (request: HttpRequest) => Promise<HttpAnswer | undefined>

export interface Person {
  readonly url: string
  /** 0 when the browser was redirected to an address outside of the sandbox, such as a client's redirect URI. */
  readonly status: number
  readonly headers: Headers
  readonly markup: string
  /** Visible text of the page. */
  readonly text: string
  readonly forms: readonly Form[]
  /** Form posted to an address outside of the sandbox, such as `response_mode=form_post`. */
  readonly posted: URLSearchParams | undefined
  open(url: string): Promise<Person>
  /**
   * Fills in the form that has all of `values` (checkboxes by `true` or `false`) and presses a button: the first one,
   * or the one with that text or `name=value`.
   */
  submit(values?: Record<string, string | boolean>, options?: { button?: string }): Promise<Person>
  follow(linkText: string): Promise<Person>
  /** Value of a field on the page, such as a copy field. */
  valueOf(name: string): string
  cookies(): Record<string, string>
}

const MOST_REDIRECTS = 20

export function createPerson(send: SendRequest): Person {
  // Browsers store cookies by host name, regardless of the port.
  const jars = new Map<string, Map<string, string>>()
  let url = 'about:blank'
  let answer: HttpAnswer = { status: 0, headers: new Headers(), body: '' }
  let posted: URLSearchParams | undefined

  const person: Person = {
    get url() {
      return url
    },
    get status() {
      return answer.status
    },
    get headers() {
      return answer.headers
    },
    get markup() {
      return answer.body
    },
    get text() {
      return visibleText(answer.body)
    },
    get forms() {
      return readForms(answer.body)
    },
    get posted() {
      return posted
    },
    open: (address) => go('GET', new URL(address, url === 'about:blank' ? undefined : url)),
    async submit(values = {}, { button: wanted } = {}) {
      const { form, button } = choose(person.forms, Object.keys(values), wanted)
      const fields = fill(form, values, button)
      const target = new URL(form.action === '' ? url : form.action, url)
      if (form.method === 'post') return go('POST', target, fields)
      target.search = fields.toString()
      return go('GET', target)
    },
    async follow(linkText) {
      const link = readLinks(answer.body).find(({ text }) => text === linkText)
      if (!link) throw new TypeError(`no link "${linkText}" on ${url}: ${person.text}`)
      return go('GET', new URL(link.href, url))
    },
    valueOf(name) {
      const control = person.forms.flatMap(({ controls }) => controls).find((candidate) => candidate.name === name)
      if (control) return control.value
      const copy = readForms(`<form>${answer.body}</form>`)[0]?.controls.find((candidate) => candidate.name === name)
      if (!copy) throw new TypeError(`no field ${name} on ${url}: ${person.text}`)
      return copy.value
    },
    cookies: () => Object.fromEntries(jars.get(new URL(url).hostname) ?? []),
  }

  async function go(firstMethod: 'GET' | 'POST', firstTarget: URL, fields?: URLSearchParams): Promise<Person> {
    let [method, target, body] = [firstMethod, firstTarget, fields?.toString()]
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const received = await send({ method, url: target.href, headers: headersFor(target, body), body })
      url = target.href
      posted = undefined
      if (!received) {
        answer = { status: 0, headers: new Headers(), body: '' }
        if (body !== undefined) posted = new URLSearchParams(body)
        return person
      }
      answer = received
      keepCookies(target.hostname, received.headers.getSetCookie())
      const location = received.headers.get('location')
      if (location === null || received.status < 300 || received.status > 399) return person
      target = new URL(location, target)
      if (received.status !== 307 && received.status !== 308) [method, body] = ['GET', undefined]
    }
    throw new TypeError(`more than ${MOST_REDIRECTS} redirects, last to ${target.href}`)
  }

  function headersFor(target: URL, body: string | undefined): Record<string, string> {
    const cookie = [...(jars.get(target.hostname) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
    return {
      accept: 'text/html',
      ...(cookie === '' ? {} : { cookie }),
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    }
  }

  function keepCookies(host: string, lines: readonly string[]): void {
    const jar = jars.get(host) ?? new Map<string, string>()
    jars.set(host, jar)
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const equals = pair.indexOf('=')
      const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)]
      const ended = attributes.some((attribute) => /^max-age=0$|^expires=.*1970/i.test(attribute))
      if (ended) jar.delete(name)
      else jar.set(name, value)
    }
  }

  function choose(forms: readonly Form[], names: readonly string[], wanted: string | undefined) {
    for (const form of forms) {
      const button =
        wanted === undefined
          ? form.buttons[0]
          : form.buttons.find(({ name, value, text }) => text === wanted || `${name ?? ''}=${value}` === wanted)
      const hasAll = names.every((name) => form.controls.some((control) => control.name === name))
      if (hasAll && (button !== undefined || wanted === undefined)) return { form, button }
    }
    const sought = [...names, ...(wanted === undefined ? [] : [`the button "${wanted}"`])].join(', ')
    throw new TypeError(`no form with ${sought} on ${url}: ${person.text}`)
  }

  return person
}

function fill(form: Form, values: Record<string, string | boolean>, button: Button | undefined): URLSearchParams {
  const fields = new URLSearchParams()
  for (const { name, type, value, checked, choices } of form.controls) {
    const given = values[name]
    if (type === 'checkbox') {
      // Several checkboxes can share a name; a string selects the one with that value.
      const ticked = given === undefined ? checked : typeof given === 'boolean' ? given : given === value
      if (ticked) fields.append(name, value)
    } else if (type === 'radio') {
      if (given === undefined ? checked : given === value) fields.append(name, value)
    } else {
      const text = given === undefined ? value : String(given)
      if (type === 'select' && given !== undefined && !choices.includes(text)) {
        throw new TypeError(`"${text}" is not one of ${choices.join(', ')} in ${name}`)
      }
      fields.append(name, text)
    }
  }
  for (const [name, given] of Object.entries(values)) {
    if (given !== false && !fields.has(name)) throw new TypeError(`"${String(given)}" cannot be chosen in ${name}`)
  }
  if (button?.name !== undefined) fields.append(button.name, button.value)
  return fields
}

/** Calls sites that do not listen, by their known addresses. */
export function overInject(sites: Record<string, FastifyInstance>): SendRequest {
  return async ({ method, url, headers, body }) => {
    const { origin, pathname, search } = new URL(url)
    const site = sites[origin]
    if (!site) return undefined
    const answer = await site.inject({
      method,
      url: pathname + search,
      headers: { host: new URL(url).host, ...headers },
      ...(body === undefined ? {} : { payload: body }),
    })
    const received = new Headers()
    for (const [name, value] of Object.entries(answer.headers)) {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one !== undefined) received.append(name, String(one))
      }
    }
    return { status: answer.statusCode, headers: received, body: answer.body }
  }
}

/** Calls sites that listen; addresses that do not begin with one of `origins` are outside of the sandbox. */
export function overHttp(origins: readonly string[]): SendRequest {
  return async ({ method, url, headers, body }) => {
    if (!origins.includes(new URL(url).origin)) return undefined
    const answer = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    })
    return { status: answer.status, headers: answer.headers, body: await answer.text() }
  }
}

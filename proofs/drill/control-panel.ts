/** Control panel of the sandbox for scripts: its clock, its faults, the world outside. */

export interface CatalogueFault {
  name: string
  title: string
  part: string
  scopes: readonly string[]
  options: Readonly<Record<string, unknown>>
  sparesNewer: boolean
}

export interface RevealingCall {
  at: string
  call: string
}

export type FaultTarget = Partial<Record<'tenant' | 'user' | 'application' | 'mailbox', string>>

export interface ControlPanel {
  /** Time by its clock, in milliseconds since the epoch. */
  now(): number
  /** Resolves when the server at `address` has the new time, too. */
  move(byMs: number): Promise<void>
  catalogue(): Promise<CatalogueFault[]>
  switchOn(name: string, on: FaultTarget, options?: Readonly<Record<string, unknown>>): Promise<string>
  switchOff(id: string): Promise<void>
  callsOf(id: string): Promise<RevealingCall[]>
  /** Sends a letter from outside; resolves to the Message-ID without `<>`. */
  write(letter: { from: string; to: string; subject: string }): Promise<string>
  /** Number of messages with that subject that arrived at that address outside. */
  arrived(to: string, subject: string): Promise<number>
}

/** Longest delay of the server's clock. */
const BEHIND_MS = 100
const PATIENCE_MS = 5000

export async function createControlPanel(controlPanel: string, postkey: string): Promise<ControlPanel> {
  let offsetMs = (await ask<{ offsetMs: number }>('GET', '/api/clock?waitMs=0')).offsetMs
  const now = () => Date.now() + offsetMs

  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(controlPanel + path, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  return {
    now,
    async move(byMs) {
      offsetMs = (await ask<{ offsetMs: number }>('POST', '/api/clock', { byMs })).offsetMs
      const limit = performance.now() + PATIENCE_MS
      for (;;) {
        const { now: at } = (await (await fetch(`${postkey}/healthz`)).json()) as { now: string }
        if (Date.parse(at) >= now() - BEHIND_MS) return
        if (performance.now() > limit) throw new Error(`the server has not got the time of the sandbox: ${at}`)
      }
    },
    catalogue: async () => (await ask<{ faults: CatalogueFault[] }>('GET', '/api/faults')).faults,
    switchOn: async (name, on, options = {}) =>
      (await ask<{ id: string }>('POST', '/api/faults', { name, on, options })).id,
    // A fault with a limited number of times may have ended by itself.
    switchOff: (id) => ask('DELETE', `/api/faults/${id}`),
    callsOf: (id) => ask('GET', `/api/faults/${id}/calls`),
    async write({ from, to, subject }) {
      const letter = { from: { name: 'Kim', address: from }, to, subject, text: `${subject}. Where is my kettle?` }
      const { messageId } = await ask<{ messageId: string }>('POST', '/api/outside/messages', letter)
      return messageId.replaceAll(/^<|>$/g, '')
    },
    async arrived(to, subject) {
      const query = new URLSearchParams({ to, after: '0', limit: '50', waitMs: '0' })
      type Messages = { messages: { subject: string }[] }
      const { messages } = await ask<Messages>('GET', `/api/outside/messages?${query.toString()}`)
      return messages.filter((message) => message.subject === subject).length
    },
  }
}

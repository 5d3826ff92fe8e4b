import type { SandboxControl, SandboxUser } from './api.ts'
import { registerApplication } from './register-application.ts'

type Addresses = SandboxControl['addresses'] & Pick<SandboxControl, 'imap' | 'smtp'>
type Clock = { now: string; offsetMs: number }

/** The control functions of a running sandbox: requests to the control API at `controlPanel`. */
export async function createControl(controlPanel: string): Promise<SandboxControl> {
  const { imap, smtp, ...addresses } = await ask<Addresses>('GET', '/api/addresses')

  return {
    addresses,
    imap,
    smtp,
    listUsers,
    registerApplication: async (options) => registerApplication(addresses, await listUsers(), options),
    authenticatorCode: (user) => ask('GET', `/api/authenticator/${encodeURIComponent(user)}`),
    clock: async () => toClock(await ask('GET', '/api/clock')),
    moveClock: async (byMs) => toClock(await ask('POST', '/api/clock', { byMs })),
    listFaults: async () => (await ask<{ faults: never }>('GET', '/api/faults')).faults,
    switchOnFault: (name, { on, options } = {}) => ask('POST', '/api/faults', { name, on, options }),
    switchOffFault: (id) => ask('DELETE', `/api/faults/${encodeURIComponent(id)}`),
    switchOffAllFaults: () => ask('DELETE', '/api/faults'),
    async faultCalls(id) {
      const calls = await ask<{ at: string; call: string }[]>('GET', `/api/faults/${encodeURIComponent(id)}/calls`)
      return calls.map(({ at, call }) => ({ at: new Date(at), call }))
    },
    sendFromOutside: (letter) => ask('POST', '/api/outside/messages', letter),
    listOutsideMessages(query = {}) {
      const given = new URLSearchParams()
      for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value))
      return ask('GET', `/api/outside/messages?${given.toString()}`)
    },
    outsideMessage: (id) => ask('GET', `/api/outside/messages/${encodeURIComponent(id)}`),
  }

  async function listUsers(): Promise<SandboxUser[]> {
    return (await ask<{ people: SandboxUser[] }>('GET', '/api/people')).people
  }

  /** @throws {Error} with the message of the sandbox, which names the field */
  async function ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(new URL(path, controlPanel), {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as Answer
    throw new Error(`${method} ${path}: ${messageOf(text)}`)
  }
}

function toClock({ now, offsetMs }: Clock) {
  return { now: new Date(now), offsetMs }
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { error: { message: string } }).error.message
  } catch {
    return text
  }
}

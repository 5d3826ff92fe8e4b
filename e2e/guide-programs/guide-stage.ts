/** Postkey with a sandbox for the guides: a mailbox, a key and customers for each language. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../mail-servers/free-port.ts'
import type { Connected } from '../../proofs/walk/connect-support.ts'
import { type Customer, createCustomer } from '../../proofs/walk/outside-customer.ts'
import type { StartedPostkey } from '../../proofs/walk/started-postkey.ts'
import { startOnSharedPostgres } from '../postkey.ts'
import { connectedSupport } from '../stage.ts'
import type { GuideProgram, Language } from './guide-pages.ts'
import { linkClient, runProgram, type RunningProgram, storeProgram } from './run-program.ts'
import { waitUntil } from './wait-until.ts'

/** Owner of the mailbox of a language. None is asked for a code at the sign-in: codes are valid once. */
const OWNERS = { ts: 'ben@contoso.example', python: 'slind@contoso.example', sh: 'ada@contoso.example' } as const
const ADDRESSES = { ...OWNERS, python: 'sofia.lind@contoso.example' }

export interface Letter {
  subject: string
  text?: string
  html?: string
  inReplyTo?: string
  headers?: Record<string, string>
  attachments?: { name: string; contentType: string; contentBytes: string }[]
}

export interface GuideStage {
  postkey: StartedPostkey
  connected: Connected
  /** Folder of all programs. */
  top: string
  language(language: Language): LanguageStage
  close(): Promise<void>
}

/** Mailbox, key and functions for the exercise of a guide in one language. */
export interface LanguageStage {
  language: Language
  owner: string
  address: string
  /** Key of the mailbox, once it is connected. */
  accountKey: string
  port: number
  env: NodeJS.ProcessEnv
  /** Starts a program of a guide in a new folder, or again in the folder of before. */
  start(program: GuideProgram, env: NodeJS.ProcessEnv, language?: Language): Started
  customer(name: string): Customer & { address: string }
  /** Writes from a customer to the mailbox and returns the message in Postkey. */
  receive(address: string, letter: Letter): Promise<ReceivedMessage>
  /** Calls the API with the key of the language. */
  call<T>(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<T>
}

export interface ReceivedMessage {
  id: string
  conversationId: string
  messageId: string
}

export interface Started extends RunningProgram {
  folder: string
  again(): Started
}

export async function startGuideStage(): Promise<GuideStage> {
  const ports = { ts: await freePort(), python: await freePort(), sh: await freePort() }
  const alertHosts = Object.values(ports)
    .map((port) => `127.0.0.1:${port}`)
    .join(',')
  const postkey = await startOnSharedPostgres({ alertHosts })
  const connected = await connectedSupport(postkey)
  const wanted = { name: 'Guides', scopes: ['mail:read', 'mail:write', 'mail:send', 'admin:read', 'admin:write'] }
  const { key } = await connected.client.call<{ key: string }>('POST', '/v1/api-keys', {
    ...{ ...wanted, emailAccountIds: 'all' },
  })
  // Programs are loaded by their real path, which has the link to the client above it.
  const top = mkdtempSync(join(realpathSync(tmpdir()), 'postkey-guides-'))
  linkClient(top)
  const running = new Set<RunningProgram>()

  function createLanguage(language: Language): LanguageStage {
    const [owner, address, port] = [OWNERS[language], ADDRESSES[language], ports[language]]
    const accountKey = address.replace(/\W.*/, '').toUpperCase()
    const env = { POSTKEY: postkey.address, KEY: key, MAILBOX: accountKey, PORT: String(port) }

    const call = async <T>(method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
      const answer = await fetch(postkey.address + path, {
        method,
        headers: {
          ...{ authorization: `Bearer ${key}`, ...headers },
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return (text === '' ? undefined : JSON.parse(text)) as T
    }

    const runIn = (folder: string, of: Language, more: NodeJS.ProcessEnv): Started => {
      const program = runProgram(folder, of, { ...env, ...more })
      running.add(program)
      return { ...program, folder, again: () => runIn(folder, of, more) }
    }

    return {
      ...{ language, owner, address, accountKey, port, env, call },
      start: ({ source }, more, of = language) => runIn(storeProgram(top, of, source), of, more),
      customer(name) {
        const from = `${name}-${language}@customer.example`
        const customer = createCustomer(postkey.sandbox.controlPanel, { name: 'Grace', address: from, to: address })
        return { ...customer, address: from }
      },
      async receive(from, letter) {
        const answer = await fetch(`${postkey.sandbox.controlPanel}/api/outside/messages`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ from: { name: 'Grace', address: from }, to: address, ...letter }),
        })
        if (!answer.ok) throw new Error(await answer.text())
        const { messageId } = (await answer.json()) as { messageId: string }
        const query = `messageId=${encodeURIComponent(messageId.replaceAll(/[<>]/g, ''))}`
        let messages: ReceivedMessage[] = []
        await waitUntil(`"${letter.subject}" in ${accountKey}`, async () => {
          ;({ messages } = await call<{ messages: ReceivedMessage[] }>('GET', `/v1/messages?${query}`))
          return messages.length > 0
        })
        return messages[0]!
      },
    }
  }

  return {
    ...{ postkey, connected, top },
    language: createLanguage,
    async close() {
      await Promise.all([...running].map((program) => program.stop()))
      rmSync(top, { recursive: true, force: true })
      connected.ear.close()
      await postkey.stop()
      await postkey.forget()
    },
  }
}

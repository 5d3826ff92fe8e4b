/** One Postkey with a shared mailbox of the sandbox's, as `npm start` starts it, and what reaches it from outside. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { connectSupport, isConnected, type Connected } from '../proofs/walk/connect-support.ts'
import {
  newPlace,
  startPostkey,
  type Place,
  type StartedPostkey,
  type StartOptions,
} from '../proofs/walk/started-postkey.ts'
import { createSteps } from '../proofs/walk/steps.ts'
import { readDatabaseUrl } from '../proofs/walk/traces.ts'
import type { Bench } from './figures.ts'
import { createAsker, type Asker } from './requests.ts'

/** A running Postkey, reached from outside. */
export interface MailStage {
  postkey: StartedPostkey
  /** As a program with a key for everything that mail is. */
  asker: Asker
  key: string
  database: pg.Client
}

export interface Stage extends Connected, MailStage {}

type StageOptions = Pick<StartOptions, 'mailHosts' | 'record' | 'place'>

/**
 * Starts, connects the shared mailbox, works, and leaves nothing behind, except a `place` that was given. What was
 * written is kept when it fails. Options as of `startPostkey`.
 */
export async function onStage<T>(
  bench: Bench,
  work: (stage: Stage) => Promise<T>,
  options: StageOptions = {},
): Promise<T> {
  const place = options.place ?? (await newPlace())
  const result = await started(bench, { ...options, place }, async (postkey) => {
    const connected = await connectSupport(createSteps('', bench.say), postkey, 'user-consent')
    await connected.ear.next('the mailbox is connected', isConnected)
    const { key } = await connected.client.call<{ key: string }>('POST', '/v1/api-keys', {
      name: 'Bench',
      scopes: ['mail:read', 'mail:write', 'mail:send'],
      emailAccountIds: 'all',
    })
    const worked = await withTools(postkey, key, (stage) => work({ ...connected, ...stage }))
    connected.ear.close()
    return worked
  })
  if (!options.place) rmSync(place.folder, { recursive: true, force: true })
  return result
}

/** Starts the Postkey of a kept place, which has this API key, and works. */
export function onConnected<T>(
  bench: Bench,
  place: Place,
  key: string,
  work: (stage: MailStage) => Promise<T>,
): Promise<T> {
  return started(bench, { place }, (postkey) => withTools(postkey, key, work))
}

async function started<T>(
  { say }: Bench,
  options: StageOptions & { place: Place },
  work: (postkey: StartedPostkey) => Promise<T>,
): Promise<T> {
  const postkey = await startPostkey({ logLevel: 'warn', ...options })
  try {
    return await work(postkey)
  } catch (error) {
    say(`${options.place.folder} is kept. Its log ends:\n${postkey.log()}`)
    throw error
  } finally {
    await postkey.stop()
  }
}

async function withTools<T>(postkey: StartedPostkey, key: string, work: (stage: MailStage) => Promise<T>): Promise<T> {
  const database = new pg.Client({ connectionString: readDatabaseUrl(postkey.place) })
  // Reported by the statement that needs it.
  database.on('error', () => undefined)
  const asker = createAsker(postkey.address, key)
  await database.connect()
  try {
    return await work({ postkey, asker, key, database })
  } finally {
    asker.close()
    await database.end()
  }
}

/** A server that does nothing but answer, in a process of its own; `answer` says what. */
export async function startBareServer(): Promise<{ asker: Asker; answer(text: string): Promise<void>; stop(): void }> {
  const child = fork(join(import.meta.dirname, 'bare-server.ts'))
  const [address] = (await once(child, 'message')) as [string]
  const asker = createAsker(address)
  return {
    asker,
    async answer(text) {
      const { ok } = await fetch(address, { method: 'PUT', body: text })
      if (!ok) throw new Error('the bare server does not take its answer')
    },
    stop() {
      asker.close()
      child.disconnect()
    },
  }
}

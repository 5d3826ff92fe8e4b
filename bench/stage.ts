/** One Postkey with a shared mailbox of the sandbox's, as `npm start` starts it, and what reaches it from outside. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import pg from 'pg'
import { connectSupport, isConnected, type Connected } from '../proofs/walk/connect-support.ts'
import { newPlace, startPostkey, type StartedPostkey, type StartOptions } from '../proofs/walk/started-postkey.ts'
import { createSteps } from '../proofs/walk/steps.ts'
import { readDatabaseUrl } from '../proofs/walk/traces.ts'
import type { Bench } from './figures.ts'
import { createAsker, type Asker } from './requests.ts'

export interface Stage extends Connected {
  postkey: StartedPostkey
  /** As a program with a key for everything that mail is. */
  asker: Asker
  key: string
  database: pg.Client
}

/** Starts, works, and leaves nothing behind; what was written is kept when it fails. Options as of `startPostkey`. */
export async function onStage<T>(
  { say }: Bench,
  work: (stage: Stage) => Promise<T>,
  options: Pick<StartOptions, 'mailHosts' | 'record'> = {},
): Promise<T> {
  const place = await newPlace()
  const postkey = await startPostkey({ place, logLevel: 'warn', ...options })
  let database: pg.Client | undefined
  let asker: Asker | undefined
  try {
    const connected = await connectSupport(createSteps('', say), postkey, 'user-consent')
    await connected.ear.next('the mailbox is connected', isConnected)
    const { key } = await connected.client.call<{ key: string }>('POST', '/v1/api-keys', {
      name: 'Bench',
      scopes: ['mail:read', 'mail:write', 'mail:send'],
      emailAccountIds: 'all',
    })
    database = new pg.Client({ connectionString: readDatabaseUrl(place) })
    await database.connect()
    asker = createAsker(postkey.address, key)
    const result = await work({ ...connected, postkey, asker, key, database })
    connected.ear.close()
    await database.end()
    await postkey.stop()
    postkey.forget()
    return result
  } catch (error) {
    say(`${place.folder} is kept. Its log ends:\n${postkey.log()}`)
    await database?.end().catch(() => undefined)
    await postkey.stop()
    throw error
  } finally {
    asker?.close()
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

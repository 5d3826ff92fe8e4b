/** A Postkey with its sandbox, its participants and a mail relay, from start to end. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ADMIN } from '../walk/connect-support.ts'
import { createPostkeyClient, type PostkeyClient } from '../walk/postkey-client.ts'
import { newPlace, startPostkey, type StartedPostkey } from '../walk/started-postkey.ts'
import { prepareCast, type Part, type PartOrder } from './people.ts'
import { createControlPanel, type ControlPanel } from './control-panel.ts'
import { startRelay, type Relay } from './relay.ts'

export interface Stage {
  client: PostkeyClient
  postkey: StartedPostkey
  controlPanel: ControlPanel
  relay: Relay
}

export async function onStage<T>(
  orders: readonly PartOrder[],
  say: (line: string) => void,
  work: (stage: Stage, cast: ReadonlyMap<string, Part>) => Promise<T>,
): Promise<T> {
  const place = await newPlace()
  const relay = await startRelay()
  let postkey: StartedPostkey | undefined
  try {
    const redirectUri = `http://localhost:${place.port}/oauth/callback`
    const cast = await prepareCast(join(place.dataFolder, 'sandbox'), redirectUri, orders)
    postkey = await startPostkey({ place, alertHosts: relay.host })
    const client = createPostkeyClient(postkey.address)
    const token = new URL(postkey.firstAdminLink).hash.slice(1)
    await client.call('POST', '/v1/links/accept', { token, ...ADMIN })
    await relay.announce(client, ADMIN.email)
    const controlPanel = await createControlPanel(postkey.sandbox.controlPanel, postkey.address)
    const result = await work({ client, postkey, controlPanel, relay }, cast)
    await postkey.stop()
    for (const line of deadlocksIn(place.dataFolder)) say(line)
    await postkey.forget()
    return result
  } catch (error) {
    if (postkey) say(`${place.folder} is kept. Its log ends:\n${postkey.log()}`)
    await postkey?.stop()
    throw error
  } finally {
    await relay.stop()
  }
}

/** Deadlocks resolved by PostgreSQL, with both statements: there should be none. */
function deadlocksIn(dataFolder: string): string[] {
  const lines = readFileSync(join(dataFolder, 'postgres.log'), 'utf8').split('\n')
  return lines.flatMap((line, i) => (line.includes('deadlock detected') ? lines.slice(i, i + 8) : []))
}

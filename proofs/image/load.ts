/** Load during a stop: replies that are submitted and sent, and one request whose body is still on its way. */
import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { ConnectedPart } from '../drill/connected-part.ts'
import type { ControlPanel } from '../drill/control-panel.ts'

const EVERY_MS = 150
const LOOK_EVERY_MS = 250
const ARRIVAL_LIMIT_MS = 180_000
/** A second copy may follow the first. */
const SECOND_COPY_MS = 2000

/** Submits replies until `stop`, which resolves to the subjects of those that Postkey has accepted. */
export function submitReplies(part: ConnectedPart): { accepted: Set<string>; stop(): Promise<Set<string>> } {
  const accepted = new Set<string>()
  const pending: Promise<void>[] = []
  let isStopped = false
  const running = submitAll()

  async function submitAll(): Promise<void> {
    for (let n = 0; !isStopped; n++) {
      const subject = `Under load ${n}`
      // Refused connections are expected while the server is stopped.
      pending.push(
        part.reply(subject).then(
          () => void accepted.add(subject),
          () => undefined,
        ),
      )
      await pause(EVERY_MS)
    }
  }

  return {
    accepted,
    async stop() {
      isStopped = true
      await running
      await Promise.all(pending)
      return accepted
    },
  }
}

/** Counts the replies that have not arrived, and those that have arrived more than once. */
export async function countArrived(
  subjects: ReadonlySet<string>,
  customer: string,
  controlPanel: ControlPanel,
): Promise<{ lost: number; doubled: number }> {
  const look = () => Promise.all([...subjects].map((subject) => controlPanel.arrived(customer, subject)))
  const limit = performance.now() + ARRIVAL_LIMIT_MS
  while ((await look()).includes(0) && performance.now() < limit) await pause(LOOK_EVERY_MS)
  await pause(SECOND_COPY_MS)
  const counts = await look()
  return { lost: counts.filter((count) => count === 0).length, doubled: counts.filter((count) => count > 1).length }
}

/** Sends the first half of a body; `finish` sends the other one and resolves to the status of the response. */
export async function beginRequest(port: number): Promise<{ finish(): Promise<number> }> {
  const body = JSON.stringify({ token: 'x'.repeat(40) })
  const half = Math.floor(body.length / 2)
  const answered = Promise.withResolvers<number>()
  const sending = request({
    ...{ host: 'localhost', port, path: '/v1/links/preview', method: 'POST' },
    headers: {
      ...{ 'content-type': 'application/json', 'content-length': body.length },
      origin: `http://localhost:${port}`,
    },
  })
  sending.on('response', (response) => answered.resolve(response.resume().statusCode!)).on('error', answered.reject)
  // Handled by `finish`; a failure before must not end the process.
  answered.promise.catch(() => undefined)
  await new Promise<void>((resolve) => sending.write(body.slice(0, half), () => resolve()))
  return {
    finish() {
      sending.end(body.slice(half))
      return answered.promise
    },
  }
}

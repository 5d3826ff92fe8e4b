/** Starts the server: opens the rooms, listens, and starts the recurring work of each room. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Config } from './config.ts'
import type { WatchedVolume } from './disk-space/index.ts'
import { createHttp, createMetrics, listenOn, startMetricsListener } from './http/index.ts'
import { systemClock, type Clock } from './kernel/clock.ts'
import { AppError } from './kernel/errors.ts'
import type { Log } from './kernel/log.ts'
import type { Secret } from './kernel/secret.ts'
import { openRooms, type Wrapper } from './open-rooms.ts'

/** Output folder of `npm run build`. */
const WEB_FOLDER = join(import.meta.dirname, '../../web/dist')

export interface Server {
  /**
   * Link for the first admin; `undefined` once an admin exists. Every start creates a new link and revokes the previous
   * one.
   */
  firstAdminLink: Secret | undefined
  /** Drains, then completes work in progress within a few seconds. @throws {AppError} `kernel.end_overdue` */
  close(): Promise<void>
}

export async function startServer(
  config: Config,
  log: Log,
  machineClock: Clock = systemClock,
  {
    signal = new AbortController().signal,
    folders = [],
    wrap,
  }: { signal?: AbortSignal; folders?: readonly WatchedVolume[]; wrap?: Wrapper | undefined } = {},
): Promise<Server> {
  const { rooms, services, closing } = await openRooms(config, log, machineClock, { signal, folders, wrap })
  let isEnding = false
  try {
    const metrics = createMetrics(rooms)
    const http = await createHttp({
      ...rooms,
      metrics,
      webFolder: WEB_FOLDER,
      trustedProxies: config.trustedProxies,
      isEnding: () => isEnding,
    })
    let stopListening: () => void = () => undefined
    closing.add('work', 'http', () => {
      // In the same turn as the first port.
      setImmediate(stopListening)
      return http.close()
    })
    closing.add('connections', 'http connections', () => http.server.closeAllConnections())

    // The port is opened first: a server whose port is taken has not touched any mail.
    stopListening = await listenOn(http, { host: config.host, port: config.port }).catch((error: unknown) => {
      throw isPortTaken(error) ? new AppError('config.port_taken', { cause: error }) : error
    })
    if (config.metrics) {
      const listener = await startMetricsListener({ ...config.metrics, metrics, log: log.child({ room: 'http' }) })
      closing.add('work', 'metrics', () => listener.close())
    }
    for (const { name, phase, room } of services) {
      closing.add(phase, name, () => room.stop())
      await room.start()
    }

    signal.throwIfAborted()
    return {
      firstAdminLink: (await rooms.people.links.firstAdmin())?.url,
      async close() {
        isEnding = true
        if (config.drainMs > 0) await delay(config.drainMs)
        await closing.close()
      },
    }
  } catch (error) {
    await closing.close().catch((err: unknown) => log.warn({ err }, 'The start was undone in part'))
    throw error
  }
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

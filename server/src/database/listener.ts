import { DatabaseError, escapeIdentifier } from 'pg'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import { connectClient, inTurn, type Ask } from './clients.ts'
import type { DatabaseLimits } from './limits.ts'

export type Listener = (payload: string | undefined) => void

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000
/** PostgreSQL answers at once: a listening connection does no other work. */
const LONGEST_ANSWER_MS = 10_000
/** Answers of a machine on which PostgreSQL has stopped. */
const STOPPED = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT'])

export interface NotificationListener {
  listen(channel: string, listener: Listener): Promise<() => Promise<void>>
  /**
   * Ends the connection. A stopped PostgreSQL has ended it already; a silent one may keep its sessions.
   *
   * @throws AppError `database.unavailable` when PostgreSQL does not answer while there are listeners
   */
  close(): Promise<void>
}

interface OpenClient {
  ask: Ask
  end: () => Promise<unknown>
}

/**
 * Runs LISTEN on one connection for all channels. When the connection breaks, it is reopened and every listener is
 * called once without a payload, because notifications may have been lost in between.
 */
export function createListener(url: string, log: Log, limits: DatabaseLimits): NotificationListener {
  const answerMs = Math.min(limits.answerMs, LONGEST_ANSWER_MS)
  const channels = new Map<string, Set<Listener>>()
  let connection: Promise<OpenClient> | undefined
  let closed = false
  let connecting = false
  /** The last query or attempt to connect got no answer. */
  let isSilent = false

  async function listen(channel: string, listener: Listener): Promise<() => Promise<void>> {
    const listeners = channels.get(channel) ?? new Set()
    channels.set(channel, listeners.add(listener))
    try {
      const { ask } = await connected()
      await ask(`LISTEN ${escapeIdentifier(channel)}`)
    } catch (error) {
      forget(channel, listener)
      throw error
    }
    return async () => {
      if (!forget(channel, listener) || closed) return
      const current = await connection?.catch(() => undefined)
      await current?.ask(`UNLISTEN ${escapeIdentifier(channel)}`).catch(() => undefined)
    }
  }

  /** Removes a listener. Returns true when it was the last one on its channel. */
  function forget(channel: string, listener: Listener): boolean {
    const listeners = channels.get(channel)
    listeners?.delete(listener)
    return listeners?.size === 0 && channels.delete(channel)
  }

  function connected(): Promise<OpenClient> {
    connection ??= connect().catch((error: unknown) => {
      connection = undefined
      throw error
    })
    return connection
  }

  async function connect(): Promise<OpenClient> {
    const config = { application_name: 'postkey listener' }
    const client = await connectClient(url, config, { ...limits, answerMs }).catch((error: unknown) => {
      isSilent = !isAnswer(error)
      throw error
    })
    isSilent = false
    client.onSilent = () => void (isSilent = true)
    const ask = inTurn(client)
    const end = () => client.end().catch(() => undefined)
    client.on('notification', ({ channel, payload }) => tell(channel, payload ?? ''))
    // A network that drops packets closes no connection: only a query reveals that the server is gone.
    const heartbeat = setInterval(() => void ask('SELECT 1').catch(end), limits.heartbeatMs)
    heartbeat.unref()
    client.on('error', (error) => log.warn({ err: error }, 'The connection that listens to the database broke'))
    client.once('end', () => {
      clearInterval(heartbeat)
      connection = undefined
      if (!closed) void connectAgain()
    })
    try {
      for (const channel of channels.keys()) {
        await ask(`LISTEN ${escapeIdentifier(channel)}`)
      }
    } catch (error) {
      await end()
      throw error
    }
    return { ask, end }
  }

  async function connectAgain(): Promise<void> {
    if (connecting) return
    connecting = true
    for (
      let pauseMs = FIRST_PAUSE_MS;
      !closed && channels.size > 0;
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
    ) {
      try {
        await connected()
        for (const channel of channels.keys()) tell(channel, undefined)
        break
      } catch {
        await pause(pauseMs, undefined, { ref: false })
      }
    }
    connecting = false
  }

  function tell(channel: string, payload: string | undefined): void {
    for (const listener of channels.get(channel) ?? []) {
      try {
        listener(payload)
      } catch (error) {
        log.error({ err: error, channel }, 'A listener of the database failed')
      }
    }
  }

  return {
    listen,
    async close() {
      closed = true
      const current = await connection?.catch(() => undefined)
      // Ending drops a query without an answer silently, so that a frozen database would seem to close.
      await current?.ask('SELECT 1').catch(() => undefined)
      await current?.end()
      if (isSilent && channels.size > 0) throw new AppError('database.unavailable')
    },
  }
}

/** Returns true if an attempt to connect failed with an answer of PostgreSQL, or of a machine on which it has stopped. */
function isAnswer(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : error
  if (cause instanceof DatabaseError) return true
  return STOPPED.has((cause as NodeJS.ErrnoException | undefined)?.code ?? '')
}

import type { Duplex } from 'node:stream'
import { Client, type ClientConfig } from 'pg'
import { answerLimit } from './limits.ts'

/** A connection that only waits for its end is destroyed after this time. */
const GOODBYE_MS = 400

type Method = (...given: unknown[]) => unknown

/**
 * PostgreSQL client that destroys its connection when a query gets no answer.
 *
 * The driver's own `query_timeout` leaves the query on the wire and the connection usable. A transaction would queue
 * its ROLLBACK behind the query and wait again, and the pool would lend the connection to the next caller.
 */
export class LimitedClient extends Client {
  /** Called when a query got no answer in time. */
  onSilent: () => void = () => undefined

  constructor(config: ClientConfig & { answerMs: number }) {
    super(config)
    const query = super.query.bind(this) as Method
    const end = super.end.bind(this) as Method
    // The driver has one overload per form: with a promise or, as its pool uses it, with a callback at the end.
    Object.assign(this, {
      query: (...given: unknown[]) => this.#limited(query, given, answerLimit(config.answerMs)),
      // Doesn't wait for a server that never closes the connection.
      end: (...given: unknown[]) => {
        setTimeout(() => this.destroy(), GOODBYE_MS).unref()
        return end(...given)
      },
    })
  }

  /** Ends the connection at once; its queries fail with `error`. */
  destroy(error?: Error): void {
    const { connection } = this as unknown as { connection: { stream: Duplex } }
    connection.stream.destroy(error)
  }

  #limited(query: Method, given: unknown[], limitMs: number): unknown {
    const timer = setTimeout(() => {
      this.destroy(new Error(`PostgreSQL did not answer within ${limitMs} ms`))
      this.onSilent()
    }, limitMs)
    const callback = given.at(-1)
    if (typeof callback !== 'function') {
      return (query(...given) as Promise<unknown>).finally(() => clearTimeout(timer))
    }
    return query(...given.slice(0, -1), (...answer: unknown[]) => {
      clearTimeout(timer)
      ;(callback as Method)(...answer)
    })
  }
}

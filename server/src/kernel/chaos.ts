/**
 * Chaos that is built in, for tests and rehearsals: a process ends or stands still at a named point between two steps of
 * its work, without a word to anybody. The points are put around the ports by which rooms meet the world (a mail server,
 * the database); inside of a room there is nothing of it, and without an order nothing is put around anything.
 */
const ORDER = /^([a-z][a-z-]*):([1-9]\d{0,5})(?::(stop))?$/

/** What happens when a process comes to `step` for the `nth` time: it is killed, or stopped until somebody lets it go on. */
export interface ChaosOrder {
  step: string
  nth: number
  signal: 'SIGKILL' | 'SIGSTOP'
}

/** Says that the process is at a step. Does not come back from the step at which it is to be killed. */
export type At = (step: string) => void

/** By the name of a method: the step before it is called, and the one after it has answered. */
export type Points = Readonly<Record<string, readonly [before: string | undefined, after: string | undefined]>>

/** `step:nth` or `step:nth:stop`, with commas between; undefined when it is written otherwise. */
export function readChaosOrders(written: string): ChaosOrder[] | undefined {
  const orders = written.split(',').map((each) => {
    const [, step, nth, stop] = ORDER.exec(each.trim()) ?? []
    return step && { step, nth: Number(nth), signal: stop ? ('SIGSTOP' as const) : ('SIGKILL' as const) }
  })
  return orders.every((order) => typeof order === 'object') ? orders : undefined
}

export function createChaos(
  orders: readonly ChaosOrder[],
  send: (signal: ChaosOrder['signal']) => void = (signal) => void process.kill(process.pid, signal),
): At {
  const counts = new Map<string, number>()
  return (step) => {
    const count = (counts.get(step) ?? 0) + 1
    counts.set(step, count)
    for (const order of orders) if (order.step === step && order.nth === count) send(order.signal)
  }
}

/**
 * `target` with points around the methods that `points` names, also of what lies in it as a plain object. Of a method
 * that yields one thing after the other, the second point is after each of them.
 */
export function withPoints<T extends object>(target: T, points: Points, at: At): T {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name)
      if (isPlain(value)) return withPoints(value, points, at)
      if (typeof value !== 'function') return value
      if (typeof name !== 'string' || !Object.hasOwn(points, name)) return value.bind(object) as unknown
      const [before, after] = points[name]!
      return (...given: unknown[]) => {
        if (before !== undefined) at(before)
        const answer: unknown = Reflect.apply(value, object, given)
        if (after === undefined) return answer
        if (isIterable(answer)) return eachWithPoint(answer, after, at)
        return Promise.resolve(answer).then((result) => {
          at(after)
          return result
        })
      }
    },
  })
}

async function* eachWithPoint<T>(iterable: AsyncIterable<T>, step: string, at: At): AsyncIterable<T> {
  for await (const each of iterable) {
    at(step)
    yield each
  }
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

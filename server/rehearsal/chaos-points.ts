/**
 * Fault injection for tests and rehearsals: a process is killed or stopped at a named point between two steps, without
 * notice. The points wrap the ports by which rooms reach a mail server or the database. Code inside of a room contains
 * no points, and without an order nothing is wrapped.
 */
const ORDER = /^([a-z][a-z-]*):([1-9]\d{0,5})(?::(stop))?$/

/**
 * Kills or stops a process when it reaches `step` for the `nth` time. A stopped process stays so until it gets SIGCONT.
 */
export interface ChaosOrder {
  step: string
  nth: number
  signal: 'SIGKILL' | 'SIGSTOP'
}

/** Reports that the process is at a step. Never returns from the step at which the process is to be killed. */
export type At = (step: string) => void

/** Steps by method name: the one before the call, and the one after its result. */
export type Points = Readonly<Record<string, readonly [before: string | undefined, after: string | undefined]>>

/** Parses `step:nth` or `step:nth:stop`, separated by commas; undefined when malformed. */
export function readChaosOrders(written: string): ChaosOrder[] | undefined {
  const orders = written.split(',').map((each) => {
    const [, step, nth, stop] = ORDER.exec(each.trim()) ?? []
    return step && { step, nth: Number(nth), signal: stop ? ('SIGSTOP' as const) : ('SIGKILL' as const) }
  })
  return orders.every((order) => typeof order === 'object') ? orders : undefined
}

/** Sends each order's signal once. */
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
 * Returns `target` with points around the methods named in `points`, including those of nested plain objects. For a
 * generator method, the second point runs after each yielded item.
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

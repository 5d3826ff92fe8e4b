import { z } from 'zod'
import { toId, type Id } from '../kernel/ids.ts'

/** An id in a request: branded by what it is asked for. Whether such a thing exists is another question. */
export function id<T extends Id<string>>() {
  return z.uuid().transform((text) => toId<T>(text)!)
}

/** The usual parameter of a route to one thing. */
export function idParam<T extends Id<string>>() {
  return z.object({ id: id<T>() })
}

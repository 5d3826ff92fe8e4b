import { z } from 'zod'
import { toId, type Id } from '../kernel/ids.ts'

/** An id in a request, with the type of its object. Its existence is not checked. */
export function id<T extends Id<string>>() {
  return z.uuid().transform((text) => toId<T>(text)!)
}

/** The usual id parameter of a route for a single object. */
export function idParam<T extends Id<string>>() {
  return z.object({ id: id<T>() })
}

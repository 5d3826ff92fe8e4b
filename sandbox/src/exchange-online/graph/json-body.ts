import { GraphError } from './graph-error.ts'

/** A JSON object from a client, with typed access to its members. Names are case-sensitive, as in OData. */
export class JsonBody {
  readonly #members: Record<string, unknown>
  readonly #type: string

  /** `type` is the entity's name in error messages, such as `message`. */
  constructor(value: unknown, type: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new GraphError(400, 'BadRequest', 'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.') // prettier-ignore
    }
    this.#members = value as Record<string, unknown>
    this.#type = type
  }

  /** Refuses members that the entity does not have; ignores `@odata.…` annotations. */
  allowOnly(names: ReadonlySet<string>): void {
    for (const name of Object.keys(this.#members)) {
      if (names.has(name) || name.includes('@')) continue
      throw requestBodyRead(
        `The property '${name}' does not exist on type 'microsoft.graph.${this.#type}'. ` +
          'Make sure to only use property names that are defined by the type.',
      )
    }
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#members, name) && this.#members[name] !== undefined
  }

  /** The raw value; `undefined` when the member is missing. */
  member(name: string): unknown {
    return this.#read(name, () => true, '')
  }

  text(name: string): string | undefined {
    return this.#read(name, (value) => typeof value === 'string', 'Edm.String') as string | undefined
  }

  boolean(name: string): boolean | undefined {
    return this.#read(name, (value) => typeof value === 'boolean', 'Edm.Boolean') as boolean | undefined
  }

  choice<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const value = values.find((each) => each.toLowerCase() === text.toLowerCase())
    if (value === undefined) {
      throw requestBodyRead(`Requested value '${text}' was not found.`)
    }
    return value
  }

  object(name: string, type: string): JsonBody | undefined {
    const value = this.#read(
      name,
      (each) => typeof each === 'object' && !Array.isArray(each),
      `microsoft.graph.${type}`,
    )
    return value === undefined ? undefined : new JsonBody(value, type)
  }

  list(name: string): readonly unknown[] | undefined {
    return this.#read(name, Array.isArray, 'Collection') as readonly unknown[] | undefined
  }

  dateTime(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    return readDateTime(text)
  }

  /** `null` counts as missing. */
  #read(name: string, fits: (value: unknown) => boolean, type: string): unknown {
    const value = this.has(name) ? this.#members[name] : undefined
    if (value === undefined || value === null) return undefined
    if (fits(value)) return value
    throw requestBodyRead(`Cannot convert the literal '${literal(value)}' to the expected type '${type}'.`) // prettier-ignore
  }
}

/** A recognizable text of a value for error messages. Nested values are abbreviated, however deep they are. */
function literal(value: unknown): string {
  if (typeof value === 'object') return Array.isArray(value) ? '[…]' : '{…}'
  return JSON.stringify(value).slice(0, 100)
}

/** Milliseconds since the epoch of an ISO 8601 time; UTC when it has no offset. */
export function readDateTime(text: string): number {
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?$/.test(text)
  const time = isTime ? Date.parse(/T.*(Z|[+-]\d\d:\d\d)$|^[^T]+$/.test(text) ? text : `${text}Z`) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw requestBodyRead(`Cannot convert the literal '${text.slice(0, 100)}' to the expected type 'Edm.DateTimeOffset'.`)
}

export function requestBodyRead(message: string): GraphError {
  return new GraphError(400, 'RequestBodyRead', message)
}

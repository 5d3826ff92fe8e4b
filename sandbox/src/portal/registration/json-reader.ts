/** Readers for JSON input that collect all problems instead of stopping at the first. */

export interface Problem {
  /** Graph's path of the property, with dots: `web.redirectUris`. */
  property: string
  /** Description of the problem as a sentence. */
  message: string
}

export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True for an empty value, the only one allowed for a property that the sandbox does not store. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return true
  return typeof value === 'object' && Object.values(value).every(isEmpty)
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function isGuid(value: unknown): value is string {
  return typeof value === 'string' && GUID.test(value)
}

export function readString(
  value: unknown,
  property: string,
  maxLength: number,
  problems: Problem[],
): string | undefined {
  if (typeof value !== 'string') return fault(problems, property, 'must be a string')
  if (value.length > maxLength) return fault(problems, property, `has at most ${maxLength} characters`)
  if (/\p{Cc}/u.test(value.replaceAll(/[\r\n\t]/g, ''))) return fault(problems, property, 'contains control characters')
  return value
}

export function readBoolean(value: unknown, property: string, problems: Problem[]): boolean | undefined {
  return typeof value === 'boolean' ? value : fault(problems, property, 'must be true or false')
}

export function readStrings(value: unknown, property: string, problems: Problem[]): string[] | undefined {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    return fault(problems, property, 'must be a list of strings')
  }
  return value
}

/** The value as an object; an empty object after a problem. */
export function readObject(value: unknown, property: string, problems: Problem[]): JsonObject {
  return isObject(value) ? value : (fault(problems, property, 'must be an object') ?? {})
}

export function readObjects(value: unknown, property: string, problems: Problem[]): JsonObject[] | undefined {
  if (!Array.isArray(value) || !value.every(isObject)) return fault(problems, property, 'must be a list of objects')
  return value
}

/** ISO 8601 time; UTC when it has no time zone, as in Graph. */
export function readTime(value: unknown, property: string, problems: Problem[]): Date | undefined {
  const text = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? value : undefined
  const time = new Date(text === undefined ? NaN : /(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`)
  return Number.isNaN(time.getTime())
    ? fault(problems, property, 'must be a date and time, as 2026-01-31T00:00:00Z')
    : time
}

/** Adds a problem and returns `undefined` in place of the invalid value. */
export function fault<T>(problems: Problem[], property: string, rest: string): T | undefined {
  problems.push({ property, message: `The property ${property} ${rest}.` })
  return undefined
}

/** Reading what a program or a person wrote as JSON, collecting what is wrong with it instead of stopping at it. */

export interface Problem {
  /** Graph's name of the property, with dots: `web.redirectUris`. */
  property: string
  /** A sentence. */
  message: string
}

export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Nothing in it: what a property may hold that is known, but not kept here. */
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

/** An object, or an empty one in its place. */
export function readObject(value: unknown, property: string, problems: Problem[]): JsonObject {
  return isObject(value) ? value : (fault(problems, property, 'must be an object') ?? {})
}

export function readObjects(value: unknown, property: string, problems: Problem[]): JsonObject[] | undefined {
  if (!Array.isArray(value) || !value.every(isObject)) return fault(problems, property, 'must be a list of objects')
  return value
}

/** A point in time as ISO 8601 in UTC; what has no zone is taken as UTC, as Graph does. */
export function readTime(value: unknown, property: string, problems: Problem[]): Date | undefined {
  const text = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? value : undefined
  const time = new Date(text === undefined ? NaN : /(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`)
  return Number.isNaN(time.getTime())
    ? fault(problems, property, 'must be a date and time, as 2026-01-31T00:00:00Z')
    : time
}

/** Notes the problem and stands in for the value that could not be read. */
export function fault<T>(problems: Problem[], property: string, rest: string): T | undefined {
  problems.push({ property, message: `The property ${property} ${rest}.` })
  return undefined
}

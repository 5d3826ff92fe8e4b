import { Secret } from '../kernel/secret.ts'

/** What may become a value of JSON: where a string is expected a date will do, and lists may be read-only. */
export type Unwired<T> = unknown extends T
  ? unknown
  : T extends string
    ? T | (string extends T ? Date : never)
    : T extends number | boolean | null | undefined
      ? T
      : T extends readonly (infer Element)[]
        ? readonly Unwired<Element>[]
        : T extends object
          ? { readonly [Key in keyof T]: Unwired<T[Key]> }
          : T

/**
 * The value as JSON has it. A `Secret` ends the answer instead of becoming the text "[secret]": whoever means to tell
 * one, once, reveals it where it can be seen.
 */
export function toWire(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Secret) throw new TypeError('a secret was about to be answered')
  if (Array.isArray(value)) return value.map(toWire)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .map(([key, entry]) => [key, toWire(entry)]),
  )
}

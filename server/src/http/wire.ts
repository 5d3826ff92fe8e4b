import { Secret } from '../kernel/secret.ts'

/** Type before the conversion to JSON: dates are allowed for strings, and lists can be read-only. */
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
 * Converts a value to JSON. Throws for a `Secret` instead of writing the text "[secret]": code that returns a secret
 * once must reveal it explicitly.
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

import parseRange from 'range-parser'
import { AppError } from '../kernel/errors.ts'

/** Headers of a request for a part of a file, or for a file that the caller may have already. */
export interface Conditions {
  'if-none-match'?: string | undefined
  'if-range'?: string | undefined
  range?: string | undefined
}

/** True if the caller has this version. A weak tag is equal to a strong one here (RFC 9110 §13.1.2). */
export function isKnownVersion({ 'if-none-match': known }: Conditions, etag: string): boolean {
  return known?.split(',').some((each) => ['*', etag].includes(each.trim().replace(/^W\//, ''))) ?? false
}

/**
 * Returns the one range of bytes that a request asks for, both ends included. Undefined for the whole file: without a
 * range, for several, for another unit, and for a range of another version.
 *
 * @throws {AppError} `http.range_unsatisfiable`
 * @see RFC 9110 §14
 */
export function rangeOf(
  { range, 'if-range': version }: Conditions,
  { sizeBytes, etag }: { sizeBytes: number; etag: string },
): { start: number; end: number } | undefined {
  if (range === undefined || (version !== undefined && version !== etag)) return undefined
  const ranges = parseRange(sizeBytes, range, { combine: true })
  if (ranges === -1) throw new AppError('http.range_unsatisfiable', { detail: `${sizeBytes} bytes` })
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined
  return ranges[0]
}

import type { Option } from './fault.ts'

/** Option of faults that ask the client to wait. */
export function retryAfterOption({ usual, most = 3600 }: { usual: number; most?: number }) {
  return {
    kind: 'number',
    title: 'Retry-After in seconds (0: no header)',
    least: 0,
    most,
    usual,
  } as const satisfies Option
}

/** The header of such a response; none for 0. */
export function retryAfter(seconds: number): { headers?: { 'retry-after': string } } {
  return seconds === 0 ? {} : { headers: { 'retry-after': String(seconds) } }
}

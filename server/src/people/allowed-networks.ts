import { fillText } from '../kernel/errors.ts'
import { isNetwork, networkStart } from '../kernel/networks.ts'
import { TEXTS } from './texts.ts'

/**
 * Returns the expected value in place of an allowed network of a key, or undefined for a valid one. Host bits are a
 * typing error that would allow more than was meant; every address is what an empty list means.
 */
export function expectedNetwork(entry: string): string | undefined {
  if (!isNetwork(entry)) return TEXTS.networkExpected
  const [address = '', bits] = entry.split('/')
  if (bits === undefined) return undefined
  if (Number(bits) === 0) return TEXTS.smallerNetwork
  const start = networkStart(entry)
  return start === undefined ? undefined : fillText(TEXTS.withoutHostBits, { network: `${start}/${bits}`, address })
}

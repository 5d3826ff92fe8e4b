import { fillText } from '../kernel/errors.ts'
import { hasHostBits, networkStart, parseNetwork } from '../kernel/networks.ts'
import { TEXTS } from './texts.ts'

/**
 * Returns the expected value in place of an allowed network of a key, or undefined for a valid one. Host bits are a
 * typing error that would allow more than was meant; every address is what an empty list means.
 */
export function expectedNetwork(entry: string): string | undefined {
  const network = parseNetwork(entry)
  if (!network) return TEXTS.networkExpected
  const { address, bits } = network
  if (bits === 0) return TEXTS.smallerNetwork
  return hasHostBits(network)
    ? fillText(TEXTS.withoutHostBits, { network: `${networkStart(network)}/${bits}`, address })
    : undefined
}

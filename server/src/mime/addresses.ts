import { cleanLine, type Address } from '../mail/index.ts'
import { readAddressList, type WrittenAddress } from './address-list.ts'
import { BOUNDS } from './bounds.ts'
import { words, type HeaderField } from './header.ts'

/** Returns all addresses of all fields of that name: some messages repeat To although only one is allowed. */
export function readAddresses(fields: readonly HeaderField[], name: string): Address[] {
  const found: Address[] = []
  for (const field of fields) {
    if (field.name !== name) continue
    for (const one of readAddressList(field.value, BOUNDS.recipients)) {
      if (found.length >= BOUNDS.recipients) return found
      const address = addressOf(one)
      if (address.address || address.name) found.push(address)
    }
  }
  return found
}

function addressOf({ name, address }: WrittenAddress): Address {
  return {
    name: cleanLine(words(name).toWellFormed()).slice(0, 1000),
    address: cleanLine(address.toWellFormed()).slice(0, 1000),
  }
}

import { addressParser } from 'postal-mime'
import { cleanLine, type Address } from '../mail/index.ts'
import { BOUNDS } from './bounds.ts'
import { oneLine, type HeaderField } from './header.ts'

/** All addresses of all fields of that name: To may stand twice where it may not. */
export function addressesOf(fields: readonly HeaderField[], name: string): Address[] {
  const found: Address[] = []
  for (const field of fields) {
    if (field.name !== name) continue
    for (const one of parsed(field.value)) {
      if (found.length >= BOUNDS.recipients) return found
      const address = addressOf(one)
      if (address.address || address.name) found.push(address)
    }
  }
  return found
}

/** A quote that does not close would swallow the address behind it. */
function parsed(value: string) {
  const found = addressParser(value, { flatten: true })
  const isSwallowed = found.some(({ address }) => address?.includes('<')) && value.includes('"')
  return isSwallowed ? addressParser(value.replaceAll('"', ''), { flatten: true }) : found
}

function addressOf({ name, address }: { name: string; address?: string | undefined }): Address {
  return {
    name: cleanLine(oneLine(name.toWellFormed())).slice(0, 1000),
    address: cleanLine(oneLine((address ?? '').toWellFormed())).slice(0, 1000),
  }
}

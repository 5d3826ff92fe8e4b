import { Findings } from './bounds.ts'
import { isTnef, openTnef, withoutUuencode } from './contained.ts'
import { readText } from './body.ts'
import { toBuffer } from './header.ts'
import { readParts, type Part } from './part-tree.ts'
import { decodeBytes } from './transfer-encoding.ts'

/**
 * Returns the bytes of an attachment by its number: `2.1`, or `2!1` for the first item inside a container that isn't a
 * multipart.
 */
export function readPart(given: Uint8Array, partNumber: string): Buffer | undefined {
  const source = toBuffer(given)
  const findings = new Findings()
  const [number = '', inside] = partNumber.split('!')
  const part = find(readParts(source, findings), number)
  if (!part) return undefined
  if (inside === undefined) return decodeBytes(source, part, findings)
  const files = isTnef(part)
    ? openTnef(source, part, findings)?.files
    : withoutUuencode(readText(source, part, findings), findings).files
  return files?.[Number(inside) - 1]?.content
}

function find(part: Part, number: string): Part | undefined {
  if (part.children.length === 0) return part.number === number ? part : undefined
  for (const child of part.children) {
    const found = find(child, number)
    if (found) return found
  }
  return undefined
}

/** Files of a support bundle of a running Postkey, as texts for the canary. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import type { NamedText } from './find-secrets.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
const LOCAL_HEADER = 0x04034b50
const LOCAL_HEADER_BYTES = 30

export interface BundledPlace {
  folder: string
  dataFolder: string
  keyFile: string
  port: number
}

/** @throws Error when a part of the bundle is missing */
export function bundleTexts({ folder, dataFolder, keyFile, port }: BundledPlace): NamedText[] {
  const file = join(folder, 'bundle.zip')
  const command = ['--import', './scripts/node-24.js', 'scripts/postkey.ts', 'support-bundle', file]
  const { stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: CHECKOUT,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, POSTKEY_DATA: dataFolder, POSTKEY_KEY_FILE: keyFile, PORT: String(port) },
  })
  if (stdout.includes('Missing:') || stderr !== '') throw new Error(`the bundle is incomplete: ${stdout}${stderr}`)
  return listEntries(readFileSync(file))
}

/** Entries of a ZIP file by their local headers, which have their sizes (APPNOTE 4.3.7). */
function listEntries(zip: Buffer): NamedText[] {
  const entries: NamedText[] = []
  for (let at = 0; zip.readUInt32LE(at) === LOCAL_HEADER;) {
    const [size, nameLength, extraLength] = [
      zip.readUInt32LE(at + 18),
      zip.readUInt16LE(at + 26),
      zip.readUInt16LE(at + 28),
    ]
    const name = zip.toString('utf8', at + LOCAL_HEADER_BYTES, at + LOCAL_HEADER_BYTES + nameLength)
    const from = at + LOCAL_HEADER_BYTES + nameLength + extraLength
    const isPacked = zip.readUInt16LE(at + 8) !== 0
    const bytes = zip.subarray(from, from + size)
    entries.push({ name: `${name} of the bundle`, text: (isPacked ? inflateRawSync(bytes) : bytes).toString() })
    at = from + size
  }
  return entries
}

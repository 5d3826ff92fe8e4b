import { readFileSync } from 'node:fs'
import { makeCertificate } from './certificate.ts'
import { createDataFolder, removeDataFolder } from './data-folder.ts'

/** A certificate for `localhost` that nobody else signed, and its key, for a server that a test writes itself. */
export async function ownCertificate(): Promise<{ cert: string; key: string }> {
  const folder = createDataFolder('certificate')
  try {
    const { ca, keyFile } = await makeCertificate(folder)
    return { cert: ca, key: readFileSync(keyFile, 'utf8') }
  } finally {
    removeDataFolder(folder)
  }
}

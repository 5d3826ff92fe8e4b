import { readFileSync } from 'node:fs'
import { makeCertificate } from './certificate.ts'
import { createDataFolder, removeDataFolder } from './data-folder.ts'

/** A self-signed certificate for `localhost` with its key, for a server implemented in a test. */
export async function ownCertificate(): Promise<{ cert: string; key: string }> {
  const folder = createDataFolder('certificate')
  try {
    const { ca, keyFile } = await makeCertificate(folder)
    return { cert: ca, key: readFileSync(keyFile, 'utf8') }
  } finally {
    removeDataFolder(folder)
  }
}

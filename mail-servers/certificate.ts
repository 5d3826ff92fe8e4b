import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { needInstalled } from './installed.ts'
import { run } from './run.ts'

export interface Certificate {
  certificateFile: string
  keyFile: string
  /** CA certificate that a client must trust, in PEM format. */
  ca: string
}

/**
 * Creates a self-signed certificate for `localhost` and 127.0.0.1. The key is EC, because creating one takes
 * milliseconds.
 */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const certificateFile = join(folder, 'certificate.pem')
  const keyFile = join(folder, 'key.pem')
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1'
  await run(needInstalled('openssl', 'openssl'), [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'],
    ...['-subj', '/CN=localhost', '-addext', names, '-addext', 'keyUsage=digitalSignature,keyCertSign'],
    ...['-keyout', keyFile, '-out', certificateFile],
  ])
  return { certificateFile, keyFile, ca: readFileSync(certificateFile, 'utf8') }
}

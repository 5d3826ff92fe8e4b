/** A certificate authority of our own and a certificate for one name, made by openssl. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

export interface SiteCertificate {
  ca: string
  certificate: string
  key: string
}

const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

export function makeSiteCertificate(folder: string, name: string): SiteCertificate {
  const at = (file: string) => join(folder, file)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const caFiles = ['-keyout', at('ca.key'), '-out', at('ca.pem')]
  openssl('req', '-x509', ...EC_KEY, ...caFiles, '-days', '2', '-subj', '/CN=Edges CA')
  const request = ['-keyout', at('site.key'), '-out', at('site.csr'), '-subj', `/CN=${name}`]
  openssl('req', ...EC_KEY, ...request, '-addext', `subjectAltName=DNS:${name}`)
  const signing = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-copy_extensions', 'copy', '-days', '2']
  openssl('x509', '-req', '-in', at('site.csr'), ...signing, '-out', at('site.pem'))
  return { ca: at('ca.pem'), certificate: at('site.pem'), key: at('site.key') }
}

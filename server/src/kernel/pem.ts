import { X509Certificate } from 'node:crypto'

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/**
 * Returns the certificates of a PEM text (RFC 7468 §5). Text between them is ignored, as bundles contain it. Returns an
 * empty list when there is none or when one is unreadable: half a bundle would only be noticed by failing mail.
 */
export function parseCertificates(pem: string): X509Certificate[] {
  const blocks = pem.match(BLOCK) ?? []
  if (blocks.length !== pem.split('-----BEGIN').length - 1) return []
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    return []
  }
}

import { X509Certificate } from 'node:crypto'

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/**
 * The certificates of a PEM text (RFC 7468 §5), with whatever stands between them as a bundle has it; empty when there
 * is none, or one that cannot be read: half a bundle is a mistake that would be found out by a mail that does not go.
 */
export function certificatesOf(pem: string): X509Certificate[] {
  const blocks = pem.match(BLOCK) ?? []
  if (blocks.length !== pem.split('-----BEGIN').length - 1) return []
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    return []
  }
}

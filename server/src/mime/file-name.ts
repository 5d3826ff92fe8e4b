import { cleanFileName } from '../mail/index.ts'
import { BOUNDS, type Findings } from './bounds.ts'
import { oneLine } from './header.ts'

const ENDINGS: Readonly<Record<string, string>> = {
  'text/plain': 'txt',
  'text/html': 'html',
  'text/calendar': 'ics',
  'text/csv': 'csv',
  'text/vcard': 'vcf',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/svg+xml': 'svg',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'application/pgp-signature': 'asc',
  'application/pgp-encrypted': 'asc',
  'application/pkcs7-mime': 'p7m',
  'application/x-pkcs7-mime': 'p7m',
  'application/pkcs7-signature': 'p7s',
  'application/x-pkcs7-signature': 'p7s',
  'message/delivery-status': 'txt',
  'message/rfc822': 'eml',
  'message/global': 'eml',
  'application/ms-tnef': 'dat',
}

/** Returns a safe file name: no path, no control characters, no bidirectional controls. Never empty. */
export function fileName(given: string | undefined, type: string, findings: Findings): string {
  const plain = oneLine((given ?? '').toWellFormed())
    .replaceAll(/\s+/g, ' ')
    .replace(/^.*[/\\]/, '')
  const shown = cleanFileName(plain)
  if (/[\u202a-\u202e\u2066-\u2069]/.test(plain)) findings.defect('name_misleading')
  const name = /^[. ]*$/.test(shown) ? `attachment.${ENDINGS[type] ?? 'bin'}` : shown
  if (name.length <= BOUNDS.nameLength) return name
  const [ending = ''] = /\.[\w-]{1,12}$/.exec(name) ?? []
  return name.slice(0, BOUNDS.nameLength - ending.length).replace(/[\ud800-\udbff]$/, '') + ending
}

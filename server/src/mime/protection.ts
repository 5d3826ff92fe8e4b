import type { MessageBody, ProtectionMark } from '../mail/index.ts'
import type { Part } from './part-tree.ts'

const SMIME = /^application\/(?:x-)?pkcs7-mime$/
const SIGNATURE = /^application\/(?:x-)?pkcs7-signature$/

/** Detects a signature or encryption by S/MIME (RFC 8551) or PGP (RFC 3156), and PGP inside the text. */
export function findProtection(root: Part, body: MessageBody): ProtectionMark | undefined {
  const found = structural(root) ?? root.children.map(structural).find((mark) => mark !== undefined)
  if (found) return found
  if (body.type !== 'text') return undefined
  if (/^-----BEGIN PGP MESSAGE-----\s*$/m.test(body.content)) return { kind: 'pgp', what: 'encrypted' }
  if (/^-----BEGIN PGP SIGNED MESSAGE-----\s*$/m.test(body.content)) return { kind: 'pgp', what: 'signed' }
  return undefined
}

function structural(part: Part): ProtectionMark | undefined {
  const protocol = part.parameters.get('protocol')?.toLowerCase() ?? ''
  if (part.type === 'multipart/signed') {
    const isSmime = SIGNATURE.test(protocol) || part.children.some(({ type }) => SIGNATURE.test(type))
    return { kind: isSmime ? 'smime' : 'pgp', what: 'signed' }
  }
  if (part.type === 'multipart/encrypted') return { kind: 'pgp', what: 'encrypted' }
  if (!SMIME.test(part.type)) return undefined
  const isSigned = part.parameters.get('smime-type')?.toLowerCase() === 'signed-data'
  return { kind: 'smime', what: isSigned ? 'signed' : 'encrypted' }
}

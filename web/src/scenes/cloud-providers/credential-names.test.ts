import { expect, it } from 'vitest'
import { credentialNames } from './credential-names.ts'

const secret = (id: string, createdAt: string, hint?: string, description?: string) => ({
  ...{ id, kind: 'secret' as const, createdAt },
  ...(hint !== undefined && { hint }),
  ...(description !== undefined && { description }),
})

const older = secret('older', '2026-05-01T12:00:00Z', 'Qx8')
const newer = secret('newer', '2026-06-01T12:00:00Z', 'z1~', 'Postkey')

it('names a secret by its first characters and description, in any order of use', () => {
  const names = new Map([
    ['older', 'Secret Qx8…'],
    ['newer', 'Secret z1~… (Postkey)'],
  ])
  expect(credentialNames([newer, older])).toEqual(names)
  expect(credentialNames([older, newer])).toEqual(names)
})

it('keeps the name of a credential when another is removed', () => {
  expect(credentialNames([newer]).get('newer')).toBe(credentialNames([older, newer]).get('newer'))
})

it('distinguishes two with the same first characters by the time at which they were added', () => {
  const again = secret('again', '2026-07-01T12:00:00Z', 'Qx8')
  const names = credentialNames([again, older])

  expect(names.get('older')).toMatch(/^Secret Qx8…, added May 1, 2026/)
  expect(names.get('again')).toMatch(/^Secret Qx8…, added Jul 1, 2026/)
})

it('names a certificate by its thumbprint, as in the portal', () => {
  const certificate = { pem: '', sha1: '1A2B3C4D5E', sha256: '' }
  const one = { id: 'one', kind: 'certificate' as const, createdAt: '2026-05-01T12:00:00Z', certificate }

  expect(credentialNames([one]).get('one')).toBe('Certificate 1A2B3C4D…')
})

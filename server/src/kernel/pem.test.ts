import { rootCertificates } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { parseCertificates } from './pem.ts'

const [one, other] = rootCertificates as [string, string]

describe('a PEM text', () => {
  it.each([
    ['one', one, 1],
    ['a bundle with remarks between', `# ours\n${one}\n\n# theirs\n${other}\n`, 2],
  ])('contains %s', (_what, pem, count) => {
    expect(parseCertificates(pem)).toHaveLength(count)
  })

  it.each([
    ['nothing', ''],
    ['words', 'our authority'],
    ['the frame alone', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['a certificate that was cut', one.slice(0, 400)],
    ['one that can be read and one that cannot', `${one}\n${other.slice(0, 400)}`],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'],
    [
      'a certificate with a private key beside it',
      `${one}\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----`,
    ],
  ])('is refused as a whole when it is %s', (_what, pem) => {
    expect(parseCertificates(pem)).toEqual([])
  })
})

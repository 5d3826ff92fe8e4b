import { describe, expect, it } from 'vitest'
import { missingPackages } from './apt.ts'

describe('the packages to unpack', () => {
  it('are those that an installation would add, but not those it would upgrade, remove or only configure', () => {
    const simulation = [
      'Remv dovecot-imapd [1:2.4.1+dfsg1-6+deb13u6]',
      'Inst libpcre2-8-0 [10.46-1~deb13u2] (10.46-1~deb13u3 Debian:13.8/stable [amd64])',
      'Conf libpcre2-8-0 (10.46-1~deb13u3 Debian:13.8/stable [amd64])',
      'Inst libical3t64 (3.0.20-1+b1 Debian:13.8/stable [amd64])',
      'Inst cyrus-imapd (3.10.2-1+deb13u2 Debian:13.8/stable [amd64])',
      'Conf cyrus-imapd (3.10.2-1+deb13u2 Debian:13.8/stable [amd64])',
    ].join('\n')

    expect(missingPackages(simulation)).toEqual(['libical3t64', 'cyrus-imapd'])
  })
})

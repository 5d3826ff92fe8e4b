import { describe, expect, it } from 'vitest'
import { createDialGuard } from './dial-guard.ts'

const lookUp = (host: string) =>
  host === 'inside.example'
    ? Promise.resolve(['10.0.0.7'])
    : Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }))

describe('a refusal to dial a server', () => {
  const guard = createDialGuard({ lookUp })

  it("names the server whose name doesn't resolve", async () => {
    await expect(guard.addressOf('imap.exmaple.com', 993)).rejects.toMatchObject({
      code: 'egress.name_not_found',
      detail: 'Host name: imap.exmaple.com',
    })
    await expect(createDialGuard().addressOf('nothing.invalid', 993)).rejects.toMatchObject({
      code: expect.stringMatching(/^egress\.name_/) as string,
      detail: 'Host name: nothing.invalid',
    })
  })

  it('names the server in a private network, and the setting that declares it', async () => {
    await expect(guard.addressOf('inside.example', 993)).rejects.toMatchObject({
      code: 'egress.address_refused',
      detail: 'inside.example:993 has no public address.',
      fix: expect.stringContaining('POSTKEY_MAIL_HOSTS') as string,
    })
    const declared = new Set(['inside.example:993'])
    expect(await createDialGuard({ lookUp, declared }).addressOf('inside.example', 993)).toBe('10.0.0.7')
  })
})

/** The snippets of the guide read a signed result, and refuse every other. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { newId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import type { ConnectSession } from './connect-session.ts'
import { withResult } from './signed-result.ts'

const GUIDE = readFileSync(join(import.meta.dirname, '../../../docs/api/connect-sessions.md'), 'utf8')
const hasPython = spawnSync('python3', ['--version']).status === 0
const folder = mkdtempSync(join(tmpdir(), 'postkey-result-'))
afterAll(() => rmSync(folder, { recursive: true }))

const now = new Date('2026-03-01T09:00:00Z')
const seconds = now.getTime() / 1000
const secret = new Secret('rsec_of_the_test')
const session = { id: newId(), status: 'failed', state: 'größe & 漢', errorCode: 'tokens.consent_required' }

async function signed(returnUrl = 'https://shop.example/connected?tenant=a%20b'): Promise<string> {
  const signer = { id: newId(), secret, returnUrl }
  return withResult(session as ConnectSession, signer, { issuer: 'https://postkey.example', now })
}

const snippet = (language: string) => new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(GUIDE)![1]!

type Read = (token: string, secret: string, audience: string, now: number) => Record<string, unknown> | undefined

async function readInTypeScript(): Promise<Read> {
  const file = join(folder, 'result.ts')
  writeFileSync(file, snippet('ts'))
  return ((await import(file)) as { readResult: Read }).readResult
}

const readInPython: Read = (...args) => {
  const program = `${snippet('python')}\nimport sys\na = json.loads(sys.stdin.read())\nprint(json.dumps(read_result(*a)))`
  const { stdout, stderr } = spawnSync('python3', ['-c', program], { input: JSON.stringify(args), encoding: 'utf8' })
  expect(stderr).toBe('')
  return (JSON.parse(stdout) as Record<string, unknown> | null) ?? undefined
}

describe('a signed result', () => {
  it('is added to the address, whose own query stays as it is', async () => {
    expect(await signed()).toMatch(/^https:\/\/shop\.example\/connected\?tenant=a%20b&postkey_result=[\w.-]+$/)
    expect(await signed('https://shop.example/?')).toMatch(/^https:\/\/shop\.example\/\?postkey_result=[\w.-]+$/)
  })

  const readers: [string, () => Read | Promise<Read>][] = [
    ['TypeScript', readInTypeScript],
    ...(hasPython ? [['Python', () => readInPython] satisfies [string, () => Read]] : []),
  ]
  it.each(readers)(
    'is read by the guide in %s, and refused when it is forged, old or for another receiver',
    async (_, get) => {
      const read = await get()
      const token = new URL(await signed()).searchParams.get('postkey_result')!
      const [header, payload, signature] = token.split('.') as [string, string, string]
      const shop = 'https://shop.example'

      expect(read(token, secret.reveal(), shop, seconds)).toMatchObject({
        ...{ sub: session.id, status: 'failed', state: session.state, error: session.errorCode },
        ...{ aud: shop, iss: 'https://postkey.example', iat: seconds, exp: seconds + 900 },
      })
      const changed = Buffer.from(payload, 'base64url').toString().replace('failed', 'completed')
      const forged = `${header}.${Buffer.from(changed).toString('base64url')}.${signature}`
      const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
      for (const other of [forged, none, `${header}.${payload}`, 'x', '']) {
        expect(read(other, secret.reveal(), shop, seconds)).toBeUndefined()
      }
      expect(read(token, 'rsec_other', shop, seconds)).toBeUndefined()
      expect(read(token, secret.reveal(), 'https://other.example', seconds)).toBeUndefined()
      expect(read(token, secret.reveal(), shop, seconds + 901)).toBeUndefined()
    },
  )
})

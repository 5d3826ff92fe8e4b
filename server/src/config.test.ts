import fs, { chmodSync, linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { hasDatabase, readConfig, readDatabaseUrl, readLogFile, refuseClosedLog } from './config.ts'
import { AppError } from './kernel/errors.ts'
import { VARIABLES } from './variables.ts'

const folder = mkdtempSync(join(tmpdir(), 'postkey-config-'))
afterAll(() => rmSync(folder, { recursive: true }))
const key = Buffer.alloc(32, 7).toString('base64')
const good = {
  DATABASE_URL: 'postgresql://postkey:topsecret@db/postkey',
  PUBLIC_URL: 'https://mail.example.com',
  POSTKEY_KEY_FILE: join(folder, 'keys'),
}

describe('the configuration', () => {
  it('is read from the environment with defaults', () => {
    const config = readConfig({ ...good, PORT: ' ', HOME: '/root' })

    expect(config).toMatchObject({ host: 'localhost', port: 8400, logLevel: 'info' })
    expect(config.silentAfterMs).toBe(15 * 60_000)
    expect(readConfig({ ...good, POSTKEY_SILENT_AFTER_MINUTES: '30' }).silentAfterMs).toBe(30 * 60_000)
    expect(config.publicUrl.origin).toBe('https://mail.example.com')
    expect(config.databaseUrl.reveal()).toBe(good.DATABASE_URL)
    expect(inspect(config, { depth: 9 })).not.toContain('topsecret')
  })

  it('reports all faults at once', () => {
    expect(faults({ PORT: '0', LOG_LEVEL: 'loud' })).toEqual([
      expect.stringMatching(/^DATABASE_URL is missing\. /),
      expect.stringMatching(/^PUBLIC_URL is missing\. /),
      expect.stringMatching(/^POSTKEY_KEY_FILE is missing\. /),
      expect.stringMatching(/^PORT must be /),
      expect.stringMatching(/^LOG_LEVEL must be /),
    ])
  })

  it.each(['/srv/postkey/keys', '/srv/postkey/../postkey/x/keys'])(
    'refuses the key file %s in the data folder of npm start',
    (file) => {
      const found = faults({ ...good, POSTKEY_DATA: '/srv/postkey', POSTKEY_KEY_FILE: file })
      expect(found).toEqual([expect.stringMatching(/^POSTKEY_KEY_FILE .*in the data folder/)])
    },
  )

  it('ignores POSTKEY_DATA, which only npm start reads', () => {
    expect(readConfig({ ...good, POSTKEY_DATA: 'anything' })).toEqual(readConfig(good))
  })

  it.each([
    ['PUBLIC_URL', 'http://mail.example.com', /https/],
    ['PUBLIC_URL', 'http://127.0.0.1:8400', /localhost only/],
    ['PUBLIC_URL', 'https://mail.example.com/postkey', /end after the host/],
    ['PUBLIC_URL', 'https://me:pw@mail.example.com', /end after the host/],
    ['PUBLIC_URL', 'mail.example.com', /such as/],
    ['DATABASE_URL', 'mysql://db', /postgresql/],
    ['PORT', '70000', /65535/],
    ['POSTKEY_BACKUP_FOLDER', 'backups', /absolute path/],
    ['POSTKEY_BACKUP_FOLDER', import.meta.filename, /not a folder/],
    ['POSTKEY_BACKUP_TIMES', '2 am', /such as 02:00/],
    ['POSTKEY_BACKUP_KEEP', '0', /1 to 999/],
    ['POSTKEY_BACKUP_RECIPIENTS', 'AGE-SECRET-KEY-1', /public keys of age/],
    ['POSTKEY_BACKUP_OVERDUE_HOURS', '0', /1 to 1000/],
    ['PORT', '8e3', /65535/],
    ['HOST', 'a b', /address/],
    ['CORS_ORIGINS', '*', /without \*/],
    ['CORS_ORIGINS', 'https://tools.example.com/', /without a path/],
    ['CORS_ORIGINS', 'null', /origins/],
    ['METRICS_PORT', '0', /65535/],
    ['METRICS_PORT', '8400', /same as PORT/],
    ['METRICS_HOST', 'a b', /address/],
    ['POSTKEY_DRAIN_SECONDS', '61', /0 to 60/],
    ['POSTKEY_DRAIN_SECONDS', '-1', /0 to 60/],
    ['DATABASE_URL_FILE', '/run/secrets/url', /together with DATABASE_URL/],
    ['POSTKEY_KEY_FILE', 'keys', /absolute/],
    ['POSTKEY_KEY_FILE', '/', /is not a file/],
    ['POSTKEY_CLOUDS_FILE', '/nonexistent.json', /does not exist/],
    ['TRUSTED_PROXIES', 'proxy.example.com', /addresses/],
    ['TRUSTED_PROXIES', '10.0.0.0/33', /addresses/],
    ['TRUSTED_PROXIES', '0.0.0.0/0', /0\.0\.0\.0\/0.*\/8/],
    ['TRUSTED_PROXIES', '0.0.0.0/1,128.0.0.0/1', /0\.0\.0\.0\/1.*\/8/],
    ['TRUSTED_PROXIES', '::/0', /::\/0.*\/16/],
    ['TRUSTED_PROXIES', '2000::/3', /2000::\/3.*\/16/],
    // Both cover ::ffff:0:0/96, which represents every IPv4 address.
    ['TRUSTED_PROXIES', '::ffff:0.0.0.0/96', /::ffff:0\.0\.0\.0\/96.*IPv4/],
    ['TRUSTED_PROXIES', '::/64', /::\/64.*IPv4/],
    ['TRUSTED_PROXIES', '10.0.0.1,,10.0.0.2', /addresses/],
    ['TRUSTED_PROXIES', 'true', /addresses/],
    ['POSTKEY_RETENTION_DAYS', '29', /30 to 3650/],
    ['POSTKEY_RETENTION_DAYS', '90.5', /30 to 3650/],
    ['POSTKEY_SILENT_AFTER_MINUTES', '9', /10 to 1440/],
    ['POSTKEY_IMAP_COMPRESSION', 'yes', /on or off/],
    ['POSTKEY_SILENT_AFTER_MINUTES', '1.5e2', /10 to 1440/],
    ['POSTKEY_KEYFILE', '/etc/keys', /is not a variable of Postkey/],
    // Variables of a rehearsal.
    ['POSTKEY_CLOCK', 'http://localhost:8413/api/clock', /is not a variable of Postkey/],
    ['POSTKEY_CHAOS', 'before-send:1', /is not a variable of Postkey/],
  ])('refuses %s=%s', (name, value, message) => {
    const found = faults({ ...good, [name]: value })

    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(new RegExp(`^${name} `))
    expect(found[0]).toMatch(message)
  })

  it.each(['POSTKEY_KEY_FILE', 'POSTKEY_STATE_FILE', 'POSTKEY_CLOUDS_FILE', 'POSTKEY_BACKUP_FOLDER', 'LOG_FILE'])(
    'reports a path of %s that cannot be reached as a fault',
    (name) => {
      // Fails for every user, as a closed folder does for all but root.
      const loop = join(folder, `${name}.loop`)
      symlinkSync(loop, loop)

      expect(faults({ ...good, [name]: loop })).toEqual([expect.stringMatching(/cannot be reached .*ELOOP/)])
    },
  )

  it.each(['', '.1', '.4'])(
    'refuses LOG_FILE if its name with "%s" is the file of another variable, also through links',
    (end) => {
      const names = ['POSTKEY_KEY_FILE', 'POSTKEY_STATE_FILE', 'POSTKEY_CLOUDS_FILE']
      const place = mkdtempSync(join(folder, 'log-'))
      symlinkSync(place, `${place}.link`)
      const LOG_FILE = join(`${place}.link`, 'log')
      writeFileSync(join(place, `log${end}`), '{}', { mode: 0o600 })
      linkSync(join(place, `log${end}`), join(place, 'linked'))
      for (const name of names) {
        for (const file of [`log${end}`, 'linked']) {
          const found = faults({ ...good, LOG_FILE, [name]: join(place, file) })
          expect(found).toEqual([expect.stringMatching(`^LOG_FILE would overwrite the file of ${name}`)])
        }
      }
      const isNew = { LOG_FILE: join(place, 'new'), POSTKEY_KEY_FILE: join(`${place}.link`, `new${end}`) }
      expect(faults({ ...good, ...isNew })).toHaveLength(1)
      expect(faults({ ...good, LOG_FILE: `${good.POSTKEY_KEY_FILE}.state` })).toHaveLength(1)
      expect(readConfig({ ...good, LOG_FILE: join(place, 'other') }).logFile).toBe(join(place, 'other'))
    },
  )

  it('names no log file for fatal errors that is the key file', () => {
    expect(readLogFile({ ...good, LOG_FILE: good.POSTKEY_KEY_FILE })).toBeUndefined()
    expect(readLogFile({ LOG_FILE: join(folder, 'log') })).toBe(join(folder, 'log'))
  })

  it('refuses a log file whose folder the server cannot write, so that it is rotated', () => {
    // Closed to root, too.
    expect(() => refuseClosedLog('/proc/sys/kernel/postkey.log')).toThrow(AppError)
    expect(() => refuseClosedLog(join(folder, 'postkey.log'))).not.toThrow()
  })

  it.each(['http://localhost:8400', 'https://mail.example.com:8443', 'https://mail.example.com/'])(
    'accepts %s as the address for browsers',
    (url) => expect(readConfig({ ...good, PUBLIC_URL: url }).publicUrl.href).toBe(new URL(url).href),
  )

  it("trusts no proxy about a client's address unless the proxy is named", () => {
    expect(readConfig(good).trustedProxies).toEqual([])
    const TRUSTED_PROXIES = 'loopback, 10.1.2.3,10.0.0.0/8 , fc00::/7,::ffff:10.0.0.0/104,2400:cb00::/32'
    expect(readConfig({ ...good, TRUSTED_PROXIES }).trustedProxies).toEqual([
      'loopback',
      '10.1.2.3',
      '10.0.0.0/8',
      'fc00::/7',
      '::ffff:10.0.0.0/104',
      '2400:cb00::/32',
    ])
  })

  it('refuses small proxy ranges that together cover the internet', () => {
    const TRUSTED_PROXIES = Array.from({ length: 256 }, (_, n) => `${n}.0.0.0/8`).join(',')
    expect(faults({ ...good, TRUSTED_PROXIES })).toEqual([expect.stringMatching(/together/)])
  })

  it('listens for metrics on a port of their own, on loopback unless METRICS_HOST is set', () => {
    expect(readConfig(good).metrics).toBeUndefined()
    expect(readConfig({ ...good, METRICS_PORT: '9400' }).metrics).toEqual({ host: 'localhost', port: 9400 })
    const METRICS_HOST = '0.0.0.0'
    expect(readConfig({ ...good, METRICS_PORT: '9400', METRICS_HOST }).metrics?.host).toBe(METRICS_HOST)
  })

  it.each([
    [{ DATABASE_URL: 'postgres://x/y' }, true],
    [{ DATABASE_URL_FILE: '/run/secrets/url' }, true],
    [{ DATABASE_URL: ' ', DATABASE_URL_FILE: '' }, false],
    [{}, false],
  ])('has a database with %j: %s', (env, expected) => {
    expect(hasDatabase(env)).toBe(expected)
  })

  it('reads the address of the database from a file', () => {
    const { DATABASE_URL, ...others } = good
    const DATABASE_URL_FILE = fileWith(`${DATABASE_URL}\n`)
    const config = readConfig({ ...others, DATABASE_URL_FILE })

    expect(config.databaseUrl.reveal()).toBe(DATABASE_URL)
    expect(readDatabaseUrl({ DATABASE_URL_FILE }).reveal()).toBe(DATABASE_URL)
    expect(readDatabaseUrl({ DATABASE_URL }).reveal()).toBe(DATABASE_URL)
    expect(() => readDatabaseUrl({ DATABASE_URL_FILE, DATABASE_URL })).toThrow()
    expect(() => readDatabaseUrl({})).toThrow()
    expect(inspect(config, { depth: 9 })).not.toContain('topsecret')
  })

  it.each([
    ['a server', readConfig],
    ['a command', readDatabaseUrl],
  ])(
    'reads the file with the address of the database once for %s, so what is checked is what is used',
    (_who, read) => {
      const { DATABASE_URL, ...others } = good
      const DATABASE_URL_FILE = fileWith(DATABASE_URL)
      const readFile = vi.spyOn(fs, 'readFileSync')
      syncBuiltinESMExports()
      onTestFinished(() => {
        readFile.mockRestore()
        syncBuiltinESMExports()
      })
      read({ ...others, DATABASE_URL_FILE })

      expect(readFile.mock.calls.filter(([file]) => file === DATABASE_URL_FILE)).toHaveLength(1)
    },
  )

  it.each([
    ['is relative', 'database-url', /absolute/],
    ['is missing', '/nonexistent/url', /cannot be read/],
    ['is a folder', folder, /cannot be read/],
    ['is a device', '/dev/zero', /cannot be read/],
    ['has another content', fileWith('topsecret'), /does not begin with postgresql/],
    ['has more than one line', fileWith('postgresql://topsecret\n# second\n'), /more than one line/],
    ['is empty', fileWith(''), /does not begin with postgresql/],
    ['is large', fileWith('topsecret'.repeat(10_000)), /cannot be read/],
  ])('refuses a file with the address of the database that %s', (_what, file, message) => {
    const { DATABASE_URL: _, ...others } = good
    const found = faults({ ...others, DATABASE_URL_FILE: file })

    expect(found).toEqual([expect.stringMatching(/^DATABASE_URL_FILE /)])
    expect(found[0]).toMatch(message)
    expect(found[0]).not.toContain('topsecret')
  })

  it('refuses a key file that other users can read', () => {
    const file = join(folder, 'open-keys')
    writeFileSync(file, '')
    chmodSync(file, 0o640)

    expect(faults({ ...good, POSTKEY_KEY_FILE: file })).toEqual([expect.stringMatching(/chmod 600/)])
  })

  it('accepts keys from the environment as lines of a key file, but only without a key file', () => {
    const { POSTKEY_KEY_FILE, ...others } = good
    const config = readConfig({ ...others, POSTKEY_KEY: `new ${key}, old ${key}` })

    expect('text' in config.keys && config.keys.text.reveal()).toBe(`new ${key}\nold ${key}`)
    expect(faults({ ...others, POSTKEY_KEY: 'short' })).toEqual([expect.stringMatching(/^POSTKEY_KEY must/)])
    expect(faults({ ...others, POSTKEY_KEY_FILE, POSTKEY_KEY: `a ${key}` })).toEqual([
      expect.stringMatching(/^POSTKEY_KEY is set together/),
    ])
  })

  it('never repeats a value that may be secret', () => {
    const shown = inspect(thrownBy({ ...good, DATABASE_URL: 'topsecret', POSTKEY_KEY: 'topsecret' }), { depth: 9 })

    expect(shown).not.toContain('topsecret')
  })

  it('names the wrong variables for programs', () => {
    expect(thrownBy({ ...good, PORT: '0', HOST: 'a b' })).toMatchObject({ code: 'config.faulty', detail: 'HOST, PORT' })
  })

  it.each(VARIABLES.map(({ name, sentence }) => [name, sentence]))('explains %s in a sentence', (_name, sentence) => {
    expect(sentence).toMatch(/^[A-Z].*\.$/)
  })
})

function fileWith(content: string): string {
  const file = join(mkdtempSync(join(folder, 'file-')), 'secret')
  writeFileSync(file, content)
  return file
}

function thrownBy(env: Record<string, string>): unknown {
  try {
    readConfig(env)
  } catch (error) {
    return error
  }
  return undefined
}

function faults(env: Record<string, string>): string[] {
  const error = thrownBy(env)
  if (!(error instanceof AppError) || error.code !== 'config.faulty') throw new TypeError('no faults', { cause: error })
  return (error.cause as Error).message.split('\n')
}

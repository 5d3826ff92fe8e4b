import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { fileComplaints, lawComplaints } from './check-rooms.ts'
import { SANDBOX, SERVER, type Law } from './rooms.ts'

describe('reserved texts', () => {
  const post = 'await egress.fetch(`${authority}/oauth2/v2.0/token`, { body })'

  it.each(['server/src/cloud-providers/a.ts', 'server/src/http/oauth/callback.ts', 'server/src/server.ts'])(
    'are refused outside of their room: the token endpoint in %s',
    (file) => {
      expect(fileComplaints(file, post)).toEqual([`${file}: only "tokens" may contain "/oauth2/v2.0/token"`])
    },
  )

  it('are refused outside of tokens: a grant type and the device code endpoint', () => {
    const file = 'server/src/email-accounts/a.ts'
    expect(fileComplaints(file, "post('/oauth2/v2.0/devicecode', { grant_type: 'x' })")).toHaveLength(2)
  })

  it.each(['server/src/tokens/a.ts', 'server/src/doctor/a.test.ts', 'server/test/kit/a.ts'])(
    'are allowed: the token endpoint in %s',
    (file) => {
      expect(fileComplaints(file, post)).toEqual([])
    },
  )
})

describe('the wrapper of the composition root', () => {
  const wrapper = '../rehearsal/rehearsal.ts'

  it.each([
    ['a start of the product', 'scripts/start.ts', '../server/rehearsal/rehearsal.ts'],
    ['a test', 'server/src/tokens/a.integration.test.ts', '../../rehearsal/chaos.ts'],
    ['a harness of tests', 'server/test/sync/worker.ts', '../../rehearsal/chaos.ts'],
    ['its neighbor', 'server/rehearsal/main.ts', './chaos.ts'],
  ])('may be imported by %s', (_what, file, specifier) => {
    expect(fileComplaints(file, `import { a } from '${specifier}'`)).toEqual([])
  })

  it('enters every room by its door, and no test kit', () => {
    const file = 'server/rehearsal/rehearsal.ts'
    expect(fileComplaints(file, "import { a } from '../src/sync/index.ts'\nimport '../src/open-rooms.ts'")).toEqual([])
    expect(fileComplaints(file, "import { a } from '../src/sync/run.ts'")).toHaveLength(1)
    expect(fileComplaints(file, "import { a } from '../test/kit/index.ts'")).toHaveLength(1)
  })

  it.each([
    ['server/src/main.ts', `import '${wrapper}'`, 'may not import server/rehearsal/rehearsal.ts'],
    ['server/src/sync/run.ts', `await import('../${wrapper}')`, 'may not import server/rehearsal/rehearsal.ts'],
    ['server/src/config.ts', 'env.POSTKEY_CLOCK', 'may contain "POSTKEY_CLOCK"'],
    ['server/src/sync/run.ts', 'const Chaos = 1', 'may contain "chaos"'],
    ['server/src/sync/run.ts', '// For a rehearsal alone.', 'may contain "rehears"'],
  ])('is unknown to %s: %s', (file, source, complaint) => {
    expect(fileComplaints(file, source)).toEqual(expect.arrayContaining([expect.stringContaining(complaint)]))
  })

  it.each(['server/src/main.ts', 'scripts/start.ts', 'scripts/postkey.ts'])(
    'is not loaded by %s, except on demand beside a sandbox',
    (program) => {
      const loaded = staticImports(program)
      expect(loaded).toContain('server/src/open-rooms.ts')
      expect(loaded.filter((file) => file.startsWith('server/rehearsal/'))).toEqual([])
    },
  )
})

describe('the import law', () => {
  it.each([SERVER, SANDBOX])('lists each room of $src below the rooms that it imports', (law) => {
    expect(lawComplaints(law)).toEqual([])
  })

  it.each([SERVER, SANDBOX])('names only existing rooms of $src', ({ src, rooms, street }) => {
    const folders = [...Object.keys(rooms), ...street]
    expect(folders.filter((room) => !existsSync(join(import.meta.dirname, '..', src, room)))).toEqual([])
  })

  it('rejects a cycle', () => {
    const law: Law = { ...SERVER, rooms: { kernel: [], alerts: ['events'], events: ['alerts'] } }

    expect(lawComplaints(law)).toEqual([expect.stringContaining('"alerts" of server/src names "events"')])
  })

  it.each([
    ['a room that the row names, by its door', 'server/src/tokens/refresh.ts', '../cloud-providers/index.ts'],
    ['a file of the kernel', 'server/src/tokens/refresh.ts', '../kernel/clock.ts'],
    ['a neighbor in the same room', 'server/src/transports/graph/delta.ts', '../mail-transport.ts'],
    ['any door from the street', 'server/src/http/email-accounts/connect.ts', '../../email-accounts/index.ts'],
    ['any door from main.ts', 'server/src/main.ts', './sync/index.ts'],
    ['the test kit from a test', 'server/src/sync/cursor.test.ts', '../../test/kit/index.ts'],
    ["the sandbox's test kit from foreign clients", 'sandbox/foreign/stage.ts', '../test/browser.ts'],
    ['a room within a folder', 'sandbox/src/exchange-online/graph/send.ts', '../mail-store/index.ts'],
    ['the whole sandbox from a test', 'sandbox/src/entra-id/consent.integration.test.ts', '../sandbox.ts'],
    ['the sandbox from e2e', 'e2e/sign-in.spec.ts', '../sandbox/src/main.ts'],
    ['a real mail server from a test', 'server/src/sync/a.integration.test.ts', '../../../mail-servers/index.ts'],
    ['a real mail server from the test kit', 'server/test/kit/imap.ts', '../../../mail-servers/index.ts'],
    ['a package', 'server/src/kernel/log.ts', 'pino'],
  ])('allows %s', (_what, file, specifier) => {
    expect(fileComplaints(file, `import { a } from '${specifier}'`)).toEqual([])
  })

  it.each([
    ['a room the row does not name', 'server/src/kernel/log.ts', '../mail/index.ts', 'may not import "mail"'],
    ['a room below', 'server/src/events/publish.ts', '../alerts/index.ts', 'may not import "alerts"'],
    ['another door than index.ts', 'server/src/sync/run.ts', '../events/queue.ts', 'enter "events" by its index.ts'],
    ['the file that knows everyone', 'server/src/sync/run.ts', '../main.ts', 'knows every room'],
    ['recurring work outside of rooms', 'server/src/compose-rooms.ts', './kernel/ticker.ts', 'only rooms may import'],
    ['the test kit from code', 'server/src/sync/run.ts', '../../test/kit/index.ts', 'only tests'],
    ["the sandbox's test kit from a page", 'sandbox/src/control-panel/a.ts', '../../test/browser.ts', 'only tests'],
    ["the sandbox's test kit from main.ts", 'sandbox/src/main.ts', '../test/browser.ts', 'only tests'],
    ['the sandbox from the server', 'server/src/sync/run.test.ts', '../../../sandbox/src/main.ts', '"server" may not'],
    [
      'the server from the sandbox',
      'sandbox/src/kernel/clock.ts',
      '../../../server/src/kernel/clock.ts',
      '"sandbox" may',
    ],
    ['the server from web', 'web/src/main.tsx', '../../server/src/kernel/errors.ts', '"web" may not'],
    ['the server from a proof', 'proofs/walk/mail.ts', '../../server/src/main.ts', 'only "proofs/race" and'],
    ['the server from e2e', 'e2e/mail.spec.ts', '../server/src/main.ts', '"e2e" may not'],
    ['the server by its package name', 'sandbox/foreign/main.ts', '@postkey/server/src/main.ts', '"sandbox" may not'],
    ['a real mail server from code', 'server/src/sync/run.ts', '../../../mail-servers/index.ts', 'only tests may'],
    ['the server from the real ones', 'mail-servers/a.ts', '../server/src/kernel/log.ts', '"mail-servers" may not'],
    ['what lies outside the repository', 'scripts/test.ts', '../../elsewhere.ts', 'outside the repository'],
    ['a path of this machine', 'scripts/test.ts', '/opt/elsewhere.ts', 'outside the repository'],
    ['graph from the mail store', 'sandbox/src/exchange-online/mail-store/a.ts', '../graph/index.ts', 'may not import'],
    ['past the door of a room within', 'sandbox/src/exchange-online/graph/a.ts', '../mail-store/b.ts', 'not b.ts'],
  ])('refuses %s', (_what, file, specifier, complaint) => {
    expect(fileComplaints(file, `import { a } from '${specifier}'`)).toEqual([expect.stringContaining(complaint)])
  })

  it.each([
    "export * from '../mail/index.ts'",
    "import type { A } from '../mail/index.ts'",
    "import '../mail/index.ts'",
    "const a = await import('../mail/index.ts')",
    "type A = import('../mail/index.ts').A",
  ])('recognizes every form of import: %s', (source) => {
    expect(fileComplaints('server/src/kernel/log.ts', source)).toHaveLength(1)
  })

  it('ignores imports in comments and strings', () => {
    const source = `// import { a } from '../mail/index.ts'\nconst text = "import { a } from '../mail/index.ts'"`

    expect(fileComplaints('server/src/kernel/log.ts', source)).toEqual([])
  })

  it('refuses a folder that is not a room', () => {
    expect(fileComplaints('server/src/services/mail.ts', '')).toEqual([
      'server/src/services/mail.ts: "services" is not a room in rooms.ts',
    ])
  })
})

/** Files that a program loads with its start, itself included. Types, and `await import`, load nothing. */
function staticImports(program: string): string[] {
  const loaded = new Set([program])
  for (const file of loaded) {
    const source = readFileSync(join(import.meta.dirname, '..', file), 'utf8')
    for (const statement of ts.createSourceFile(file, source, ts.ScriptTarget.Latest).statements) {
      const isType = (clause?: ts.ImportClause) => clause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      const isImport = ts.isImportDeclaration(statement) && !isType(statement.importClause)
      if (!isImport && !(ts.isExportDeclaration(statement) && !statement.isTypeOnly)) continue
      const { moduleSpecifier } = statement
      if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier) || !moduleSpecifier.text.startsWith('.')) continue
      loaded.add(posix.join(posix.dirname(file), moduleSpecifier.text))
    }
  }
  return [...loaded]
}

/** Types by openapi-typescript, a generator of others, from the description of the API. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const CHECKOUT = join(import.meta.dirname, '..')
const LIMIT_MS = 120_000

const PROGRAM = `
import type { components, paths } from './schema'

type Json<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends {
  responses: { 200: { content: { 'application/json': infer Body } } }
} ? Body : never
type Message = Json<'/v1/messages/{id}', 'get'>
type Submission = NonNullable<paths['/v1/submissions']['post']['requestBody']>['content']['application/json']

export function answer({ id, from, marks }: Message): Submission | undefined {
  if (marks.automatic) return undefined
  return { replyToMessageId: id, text: 'Dear ' + (from?.name ?? 'customer') }
}

/** Each kind of an event has data of its own. */
export function subjectOf(event: components['schemas']['Event']): string | undefined {
  return event.kind === 'message.received' ? event.data.conversationId : undefined
}
`

/** Each has one error that the types find. */
const WRONG = {
  'a path that no route has': `import type { paths } from './schema'\nexport type Wrong = paths['/v1/massages']`,
  'a method that the route lacks': `import type { paths } from './schema'\nexport const wrong: NonNullable<paths['/v1/messages/{id}']['put']> = { responses: {} }`,
  'a member of another type': PROGRAM.replace('replyToMessageId: id', 'replyToMessageId: 7'),
  'a member that a message lacks': PROGRAM.replace('{ id, from, marks }', '{ id, from, marks, folder }'),
  'data of another kind of event': PROGRAM.replace("'message.received'", "'email_account.associated'"),
}

describe('types by openapi-typescript', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openapi-typescript-'))

  beforeAll(() => {
    const cli = join(CHECKOUT, 'node_modules/openapi-typescript/bin/cli.js')
    const words = [cli, join(CHECKOUT, 'docs/openapi.json'), '--output', join(folder, 'schema.ts')]
    const { status, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8', timeout: LIMIT_MS })
    if (status !== 0) throw new Error(stderr)
    writeFileSync(join(folder, 'program.ts'), PROGRAM)
    Object.values(WRONG).forEach((text, at) => writeFileSync(join(folder, `wrong-${at}.ts`), text))
  }, LIMIT_MS)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it(
    'have every path, compile strictly, and find the errors of a program',
    () => {
      const { paths } = JSON.parse(readFileSync(join(CHECKOUT, 'docs/openapi.json'), 'utf8')) as { paths: object }
      const types = readFileSync(join(folder, 'schema.ts'), 'utf8')
      expect(Object.keys(paths).filter((path) => !types.includes(`"${path}": {`))).toEqual([])

      const found = check()
      expect(found.filter((line) => /^(schema|program)\.ts/.test(line))).toEqual([])
      for (const [at, name] of Object.keys(WRONG).entries()) {
        expect([name, found.filter((line) => line.startsWith(`wrong-${at}.ts`)).length]).toEqual([name, 1])
      }
    },
    LIMIT_MS,
  )

  /** Errors that TypeScript finds in all files, as a line each. */
  function check(): string[] {
    const compilerOptions = {
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
      ...{ module: 'esnext', moduleResolution: 'bundler', target: 'es2024', noEmit: true, types: [] },
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    const tsc = join(CHECKOUT, 'node_modules/typescript/bin/tsc')
    const { stdout } = spawnSync(process.execPath, [tsc, '--project', folder, '--pretty', 'false'], {
      ...{ cwd: folder, encoding: 'utf8', timeout: LIMIT_MS },
    })
    return stdout.split('\n').filter((line) => /^\S+\.ts\(/.test(line))
  }
})

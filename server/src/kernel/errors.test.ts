import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError, CATALOGUE, type ErrorEntry } from './errors.ts'

const SERVER = join(import.meta.dirname, '../..')

describe('an AppError', () => {
  it('states the problem, who can fix it and how', () => {
    const error = new AppError('kernel.unexpected')

    expect(error).toMatchObject({
      name: 'AppError',
      code: 'kernel.unexpected',
      message: CATALOGUE['kernel.unexpected'].title,
      remedy: 'bug',
      fix: CATALOGUE['kernel.unexpected'].fix,
    })
  })

  it('keeps its cause and the upstream response', () => {
    const cause = new TypeError('no such row')
    const error = new AppError('kernel.unexpected', { cause, upstream: { status: 400, error: 'invalid_grant' } })

    expect(error.cause).toBe(cause)
    expect(error.upstream).toEqual({ status: 400, error: 'invalid_grant' })
  })

  it('is returned unchanged by `AppError.from`', () => {
    const error = new AppError('kernel.unexpected')

    expect(AppError.from(error)).toBe(error)
  })

  it.each([new TypeError('no such row'), 'a string', undefined])('wraps any other thrown value: %s', (thrown) => {
    expect(AppError.from(thrown)).toMatchObject({ code: 'kernel.unexpected', cause: thrown })
  })
})

describe('the error catalog', () => {
  const entries = Object.entries<ErrorEntry>(CATALOGUE)

  it.each(entries)('has codes of the form room.problem: %s', (code) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$/)
  })

  it.each(entries)('has a readable title and fix: %s', (_code, { title, fix }) => {
    expect(title).toMatch(/^[A-Z].*[^.!]$/)
    expect(fix).toMatch(/^[A-Z].*\.$/)
    expect(`${title} ${fix}`).not.toMatch(/\bplease\b|\boops\b|!/i)
  })

  it('has no unused code', () => {
    // Also those that a bulk action returns for a conversation.
    const thrown = globSync('{src,rehearsal}/**/*.ts', { cwd: SERVER })
      .filter((file) => !file.includes('.test.'))
      .flatMap((file) => [
        ...readFileSync(join(SERVER, file), 'utf8').matchAll(/(?:new AppError\(\s*|return )'([^']+)'/g),
      ])
      .map(([, code]) => code)
    // Thrown by the translators of Graph and of the token endpoint.
    const isTranslated = ({ microsoft }: ErrorEntry) => microsoft?.entra !== undefined || microsoft?.graph !== undefined

    const unthrown = entries.filter(([code, entry]) => !thrown.includes(code) && !isTranslated(entry))
    expect(unthrown.map(([code]) => code)).toEqual([])
  })
})

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError, CATALOGUE, type ErrorEntry } from './errors.ts'

const SRC = join(import.meta.dirname, '..')

describe('an error of ours', () => {
  it('says what happened, who can end it and how', () => {
    const error = new AppError('kernel.unexpected')

    expect(error).toMatchObject({
      name: 'AppError',
      code: 'kernel.unexpected',
      message: CATALOGUE['kernel.unexpected'].title,
      remedy: 'bug',
      fix: CATALOGUE['kernel.unexpected'].fix,
    })
  })

  it('keeps its cause and what the other side said', () => {
    const cause = new TypeError('no such row')
    const error = new AppError('kernel.unexpected', { cause, upstream: { status: 400, error: 'invalid_grant' } })

    expect(error.cause).toBe(cause)
    expect(error.upstream).toEqual({ status: 400, error: 'invalid_grant' })
  })

  it('passes an edge as it is', () => {
    const error = new AppError('kernel.unexpected')

    expect(AppError.from(error)).toBe(error)
  })

  it.each([new TypeError('no such row'), 'a string', undefined])(
    'is made of whatever else was thrown: %s',
    (thrown) => {
      expect(AppError.from(thrown)).toMatchObject({ code: 'kernel.unexpected', cause: thrown })
    },
  )
})

describe('the catalogue', () => {
  const entries = Object.entries<ErrorEntry>(CATALOGUE)

  it.each(entries)('names the room and what happened: %s', (code) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$/)
  })

  it.each(entries)('speaks to a tired person: %s', (_code, { title, fix }) => {
    expect(title).toMatch(/^[A-Z].*[^.!]$/)
    expect(fix).toMatch(/^[A-Z].*\.$/)
    expect(`${title} ${fix}`).not.toMatch(/\bplease\b|\boops\b|!/i)
  })

  it('has no code that is thrown by nobody', () => {
    const thrown = globSync('**/*.ts', { cwd: SRC })
      .filter((file) => !file.includes('.test.'))
      .flatMap((file) => [...readFileSync(join(SRC, file), 'utf8').matchAll(/new AppError\(\s*'([^']+)'/g)])
      .map(([, code]) => code)
    // Thrown by the translators of Graph and of the token endpoint.
    const isTranslated = ({ microsoft }: ErrorEntry) => microsoft?.entra !== undefined || microsoft?.graph !== undefined

    const unthrown = entries.filter(([code, entry]) => !thrown.includes(code) && !isTranslated(entry))
    expect(unthrown.map(([code]) => code)).toEqual([])
  })
})

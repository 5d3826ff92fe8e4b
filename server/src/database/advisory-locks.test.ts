import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ADVISORY_LOCK_CLASSES } from './advisory-locks.ts'

const CHECKOUT = join(import.meta.dirname, '../../..')
const classes = Object.values(ADVISORY_LOCK_CLASSES)

describe('advisory lock classes', () => {
  it('are unique', () => {
    expect(new Set(classes).size).toBe(classes.length)
  })

  it('appear as a number only in the registry', () => {
    const files = globSync('{server,scripts,e2e}/**/*.ts', {
      cwd: CHECKOUT,
      exclude: (name) => name.split('/').includes('node_modules'),
    }).filter((file) => !/\/database\/advisory-locks(\.test)?\.ts$/.test(file))
    expect(files.length).toBeGreaterThan(500)

    const literal = new RegExp(`\\b(${classes.join('|')})\\b|pg_(try_)?advisory_\\w+\\(\\s*\\d`)
    expect(files.filter((file) => literal.test(readFileSync(join(CHECKOUT, file), 'utf8')))).toEqual([])
  })

  it('include each class that a migration uses', () => {
    const text = globSync('server/migrations/*.sql', { cwd: CHECKOUT })
      .map((file) => readFileSync(join(CHECKOUT, file), 'utf8'))
      .join('\n')
    const used = [...text.matchAll(/pg_(?:try_)?advisory_\w+\(\s*(\d+)/g)].map((match) => Number(match[1]))

    expect(used.length).toBeGreaterThan(0)
    expect(used.filter((number) => !(classes as number[]).includes(number))).toEqual([])
  })
})

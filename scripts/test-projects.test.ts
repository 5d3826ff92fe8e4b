import { globSync } from 'node:fs'
import { expect, it } from 'vitest'
import config from '../vitest.config.ts'

interface Project {
  test: { include: string[]; exclude?: string[] }
}

const foreign = (name: string) => /(?:^|\/)(?:node_modules|dist|data|screenshots)(?:\/|$)/.test(name)

/** A test file outside every pattern never runs, and nothing fails. */
it('includes each test file in a project', () => {
  const { projects } = (config as unknown as { test: { projects: Project[] } }).test
  const included = new Set(projects.flatMap(({ test }) => globSync(test.include, { exclude: foreign })))
  const files = globSync('*/**/*.{test,spec}.{ts,tsx}', { exclude: foreign })

  expect(files.length).toBeGreaterThan(400)
  expect(files.filter((file) => !included.has(file))).toEqual([])
})

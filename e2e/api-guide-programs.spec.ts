import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answersOnce } from './guide-programs/exercise-example.ts'
import { EXERCISES } from './guide-programs/exercises.ts'
import { LANGUAGES, patternOf, readGuide, readAllPages } from './guide-programs/guide-pages.ts'
import { type GuideStage, startGuideStage } from './guide-programs/guide-stage.ts'
import { storeProgram } from './guide-programs/run-program.ts'

const CHECKOUT = join(import.meta.dirname, '..')
const pages = readAllPages()

/** Every program of docs/api/guides runs against one Postkey, prints what its page says, and has its effect. */
describe('the guides of the API', { timeout: 120_000 }, () => {
  let stage: GuideStage

  beforeAll(async () => {
    stage = await startGuideStage()
  }, 120_000)

  afterAll(() => stage.close())

  it('have an exercise each, and no other exercise exists', () => {
    expect(Object.keys(pages).sort()).toEqual(Object.keys(EXERCISES).sort())
    expect(Object.keys(pages)).toHaveLength(10)
  })

  it('need a program in each language, and an answer', () => {
    const blocks = (...languages: string[]) => languages.map((name) => `\`\`\`${name}\nx\n\`\`\`\n`).join('\n')
    expect(() => readGuide('a page', blocks('ts', 'python', 'text'))).toThrow('a page has no program in sh')
    expect(() => readGuide('a page', blocks('ts', 'python', 'text', 'sh'))).toThrow('no answer after the program in sh')
    expect(() => readGuide('a page', blocks('ts', 'ts', 'python', 'sh', 'text'))).toThrow('several programs in ts')
    expect(() => readGuide('a page', blocks('ts', 'python', 'sh', 'text', 'js'))).toThrow('"js"')
    expect(patternOf('sent: … (1)').test('sent: x (1)\n')).toBe(true)
    for (const other of ['sent: x (1)', 'sent:  (1)\n', 'sent: x\n (1)\n', 'sent: x (1)\nmore\n', 'sent: x 1\n']) {
      expect(patternOf('sent: … (1)').test(other), other).toBe(false)
    }
  })

  it('have TypeScript programs that TypeScript checks strictly', () => {
    for (const { ts } of Object.values(pages)) storeProgram(stage.top, 'ts', ts.source)
    const compilerOptions = { typeRoots: [join(CHECKOUT, 'node_modules/@types')] }
    const config = { extends: join(CHECKOUT, 'tsconfig.json'), compilerOptions, include: ['ts-*/guide.mts'] }
    writeFileSync(join(stage.top, 'tsconfig.json'), JSON.stringify(config))
    const tsc = [join(CHECKOUT, 'node_modules/typescript/bin/tsc'), '--project', stage.top]
    expect(spawnSync(process.execPath, tsc, { encoding: 'utf8' }).stdout).toBe('')
  })

  describe.each(Object.keys(EXERCISES))('%s', (name) => {
    // One after the other where they share a tag.
    const test = name === 'conversations' ? it : it.concurrent
    test.each(LANGUAGES)('runs in %s', async (language) => {
      const guide = pages[name]!
      const output = await EXERCISES[name]!(stage, stage.language(language), guide)
      expect(output).toMatch(patternOf(guide[language].answer))
    })
  })

  it.each([
    ['ts', 'answer.ts'],
    ['python', 'answer.py'],
  ] as const)('stand beside a whole program that answers once, in %s', async (language, file) => {
    console.log(await answersOnce(stage, stage.language(language), file))
  })
})

/** The completions for bash, loaded and called by bash. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { completionScript } from './completion-scripts.ts'
import { VERBS } from './verbs.ts'

const script = completionScript('bash', VERBS)
const words = (index: number) => [...new Set(VERBS.flatMap(({ name }) => name.split(' ')[index] ?? []))]

describe('bash', () => {
  it.each([
    ['every command at first', ['postkey', ''], words(0)],
    ['the beginning of a command', ['postkey', 'user', 'cre'], ['create-admin']],
    ['the commands of a group', ['postkey', 'user', ''], ['list', 'create-admin', 'reset-password', 'reset-factors']],
    ['commands after an option', ['postkey', '--json', 'keys', 'm'], ['make']],
    ['commands after help', ['postkey', 'help', 'keys', 'r'], ['rotate']],
    ['options', ['postkey', 'api-key', 'create', 'Name', '--s'], ['--scopes']],
    ['values of an operand', ['postkey', 'completion', 'z'], ['zsh']],
    ['nothing for the value of an option', ['postkey', 'user', 'create-admin', '--name', ''], []],
  ])('suggests %s', async (_what, typed, expected) => {
    expect(await suggestions(typed)).toEqual(expected)
  })
})

/** Suggestions for the last of `typed`. */
async function suggestions(typed: readonly string[]): Promise<string[]> {
  const call = `${script}
COMP_WORDS=("$@"); COMP_CWORD=$(($#-1))
_postkey
printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', call, 'bash', ...typed])
  return stdout.split('\n').filter((line) => line !== '')
}

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { completionScript, SHELLS } from './completion-scripts.ts'
import { EXIT, type Verb } from './verb.ts'
import { VERBS } from './verbs.ts'

describe.each(SHELLS)('the completions for %s', (shell) => {
  const script = completionScript(shell, VERBS)

  it('have every command and every option of the table', () => {
    const words = VERBS.flatMap(({ name, options = {} }) => [...name.split(' '), ...Object.keys(options)])

    expect(words.filter((word) => !new RegExp(String.raw`(?<!\w)${word}(?!\w)`).test(script))).toEqual([])
  })

  it('quote a sentence with an apostrophe and a dollar sign', () => {
    const sentence = "Doesn't cost $5; `id`."
    const run = () => Promise.resolve(EXIT.fine)
    const verb: Verb = { name: 'pay', sentence, shape: z.object({}), operands: [{ name: 'FILE' }], run }
    const quoted = completionScript(shell, [verb])

    expect(quoted).not.toContain(`'${sentence}`)
    if (shell !== 'bash') expect(quoted).toContain("Doesn'\\''t cost $5; `id`.'")
  })
})

it('offer files for an option whose value is one', () => {
  const run = () => Promise.resolve(EXIT.fine)
  const options = {
    from: { type: 'string', value: 'FILE', sentence: 'File.' },
    name: { type: 'string', value: 'NAME', sentence: 'Name.' },
  } as const
  const verb: Verb = { name: 'read', sentence: 'Reads.', shape: z.object({}), options, run }

  expect(completionScript('zsh', [verb])).toMatch(/^ {4}--from\) _files; return ;;\n {4}--name\) return 1 ;;$/m)
  expect(completionScript('fish', [verb])).toContain("'__postkey_in read' -l from -rF -d 'File.'")
  expect(completionScript('fish', [verb])).toContain("'__postkey_in read' -l name -x -d 'Name.'")
})

it('say where to load them, and offer files where a command takes one', () => {
  const run = () => Promise.resolve(EXIT.fine)
  const verb: Verb = { name: 'read', sentence: 'Reads.', shape: z.object({}), operands: [{ name: 'FILE' }], run }

  expect(completionScript('zsh', [verb])).toContain("'read '*) found=('--json:")
  expect(completionScript('zsh', [verb])).toContain('; files=1 ;;')
  expect(completionScript('fish', [verb])).toContain("complete -c postkey -n '__postkey_in read' -F")
  for (const shell of SHELLS) expect(completionScript(shell, VERBS)).toContain(`postkey completion ${shell}`)
})

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { runCli } from '../server/src/cli/index.ts'
import { COMMAND_LINE_PAGE, COMMANDS, commandLinePage, formattedPage } from './command-line-page.ts'

const page = readFileSync(COMMAND_LINE_PAGE, 'utf8')

it('agrees with the table of commands; if not, run "npm run command-line" and review the difference', async () => {
  expect(page).toBe(await formattedPage(commandLinePage(COMMANDS)))
})

it('lists the exit codes of the help', async () => {
  let help = ''
  await runCli(['--help'], { print: (text: string) => void (help += text) } as never)
  const codes = [...page.matchAll(/^\| `(\d)` +\|/gm)].map(([, code]) => code)

  expect(codes).toEqual([...help.split('Exit codes:')[1]!.matchAll(/\d/g)].map(([code]) => code))
})

it('has two cells in each row of its tables', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('|'))
  const cells = rows.map((row) => row.split(/(?<!\\)\|/).length - 2)
  expect(rows.filter((_, index) => cells[index] !== 2)).toEqual([])
})

import { fillText } from '../kernel/errors.ts'
import { describeShape } from './shape-text.ts'
import { TEXTS } from './texts.ts'
import type { Operand, Program, Verb } from './verb.ts'

/** Usage after `postkey`, such as `doctor [ACCOUNT]`. */
export function usageOf({ name, operands = [] }: Verb): string {
  return [name, ...operands.map(usageOfOperand)].join(' ')
}

/** The list of verbs. */
export function describeUsage(verbs: readonly Verb[], { command, installation }: Program): string {
  return [
    fillText(TEXTS.commands, { program: command }),
    '',
    ...rowsOf(verbs.map((verb) => [usageOf(verb), verb.sentence])),
    '',
    ...rowsOf([
      ['--json', TEXTS.jsonOption],
      ['--help', TEXTS.helpOption],
    ]),
    '',
    installation,
    TEXTS.exitCodes,
  ].join('\n')
}

/** The verbs that begin with a word, such as `user`. */
export function usageOfGroup(verbs: readonly Verb[], { command }: Program): string {
  const rows = rowsOf(verbs.map((verb) => [usageOf(verb), verb.sentence]))
  return [fillText(TEXTS.commands, { program: command }), '', ...rows].join('\n')
}

export function usageOfVerb(verb: Verb, { command }: Program, below: readonly Verb[] = []): string {
  const { sentence, details = [], shape } = verb
  return [
    fillText(TEXTS.command, { program: command, usage: usageOf(verb) }),
    '',
    sentence,
    ...(details.length > 0 ? ['', ...details] : []),
    '',
    ...(below.length > 0 ? [...rowsOf(below.map((each) => [usageOf(each), each.sentence])), ''] : []),
    ...(shape
      ? [
          ...rowsOf([...optionsOf(verb), ['--json', TEXTS.jsonOption]]),
          '',
          fillText(TEXTS.shape, { shape: describeShape(shape) }),
        ]
      : []),
    TEXTS.exitCodes,
  ].join('\n')
}

/** Options of the verb alone, each with its sentence. */
export function optionsOf({ options = {} }: Verb): [usage: string, sentence: string][] {
  return Object.entries(options).map(([name, { value, sentence }]) => [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    sentence,
  ])
}

function usageOfOperand({ name, isOptional, choices }: Operand): string {
  const shown = choices?.join('|') ?? name
  return isOptional ? `[${shown}]` : shown
}

function rowsOf(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`)
}

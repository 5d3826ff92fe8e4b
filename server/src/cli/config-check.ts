import { z } from 'zod'
import { fillText } from '../kernel/errors.ts'
import { inColumns } from './columns.ts'
import { toJson } from './shapes.ts'
import { TEXTS } from './texts.ts'
import { EXIT, type CheckedVariable, type Verb } from './verb.ts'

const Variables = z.object({
  outcome: z.enum(['ok', 'wrong']),
  variables: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['set', 'default', 'unset', 'wrong']),
      default: z.string().optional(),
      fault: z.string().optional(),
      fix: z.string().optional(),
    }),
  ),
})

export const configCheckVerb: Verb = {
  name: 'config check',
  sentence: TEXTS.configCheckSentence,
  details: [TEXTS.configCheckDetails, TEXTS.configCheckAndDoctor],
  options: { start: { type: 'boolean', sentence: TEXTS.startOption } },
  shape: Variables,
  async run({ examineConfig, options, json, print }) {
    const variables = examineConfig({ isStart: options['start'] === true })
    const isWrong = variables.some(({ state }) => state === 'wrong')
    print(json ? toJson(Variables, { outcome: isWrong ? 'wrong' : 'ok', variables }) : textOf(variables))
    return isWrong ? EXIT.foundTrouble : EXIT.fine
  },
}

function textOf(variables: readonly CheckedVariable[]): string {
  const faults = variables.flatMap(({ name, fault, fix = '' }) =>
    fault === undefined ? [] : ['', fillText(TEXTS.faultOf, { name, fault }), fix],
  )
  const rows = variables.map((variable) => [variable.name, stateOf(variable)])
  return [inColumns([['VARIABLE', 'STATE'], ...rows]), ...faults].join('\n')
}

function stateOf({ state, default: value = '' }: CheckedVariable): string {
  switch (state) {
    case 'set':
      return TEXTS.variableSet
    case 'default':
      return fillText(TEXTS.variableDefault, { value })
    case 'unset':
      return TEXTS.variableUnset
    case 'wrong':
      return TEXTS.variableWrong
  }
}

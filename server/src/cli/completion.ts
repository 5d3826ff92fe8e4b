import { z } from 'zod'
import { completionScript, SHELLS, type CompletionShell } from './completion-scripts.ts'
import { toJson } from './shapes.ts'
import { TEXTS } from './texts.ts'
import { EXIT, type Verb } from './verb.ts'

const Script = z.object({ script: z.string() })

export const completionVerb: Verb = {
  name: 'completion',
  sentence: TEXTS.completionSentence,
  details: [TEXTS.completionDetails],
  operands: [{ name: 'SHELL', choices: SHELLS }],
  shape: Script,
  async run({ operands, verbs, json, print }) {
    const script = completionScript(operands[0] as CompletionShell, verbs)
    print(json ? toJson(Script, { script }) : script)
    return EXIT.fine
  },
}

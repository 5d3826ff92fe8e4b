import { z } from 'zod'
import { VERSION } from '../kernel/version.ts'
import { TEXTS } from './texts.ts'
import { EXIT, type Verb } from './verb.ts'

export const versionVerb: Verb = {
  name: 'version',
  sentence: TEXTS.versionSentence,
  details: [TEXTS.versionDetails],
  shape: z.strictObject({ version: z.string() }),
  async run({ json, print }) {
    print(json ? JSON.stringify({ version: VERSION }) : VERSION)
    return EXIT.fine
  },
}

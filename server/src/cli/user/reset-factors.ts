import { z } from 'zod'
import { fillText } from '../../kernel/errors.ts'
import { toShownText } from '../../kernel/shown-text.ts'
import { toJson } from '../shapes.ts'
import { TEXTS } from '../texts.ts'
import { ACTOR, EXIT, type Verb } from '../verb.ts'
import { findPerson } from './find-person.ts'

const ResetUser = z.object({ id: z.string(), email: z.string() })

export const userResetFactorsVerb: Verb = {
  name: 'user reset-factors',
  sentence: TEXTS.resetFactorsSentence,
  details: [TEXTS.resetFactorsDetails],
  operands: [{ name: 'EMAIL' }],
  shape: ResetUser,
  async run({ open, operands, json, print }) {
    const { people } = await open()
    const { id, email, name } = await findPerson(people, operands[0]!)
    await people.factors.reset(id, ACTOR)
    const done = fillText(TEXTS.factorsReset, { name: toShownText(name), email })
    print(json ? toJson(ResetUser, { id, email }) : done)
    return EXIT.fine
  },
}

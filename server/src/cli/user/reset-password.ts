import { fillText } from '../../kernel/errors.ts'
import { toShownText } from '../../kernel/shown-text.ts'
import { TEXTS } from '../texts.ts'
import { ACTOR, EXIT, type Verb } from '../verb.ts'
import { findPerson } from './find-person.ts'
import { PrintedLink, printedLink } from './printed-link.ts'

export const userResetPasswordVerb: Verb = {
  name: 'user reset-password',
  sentence: TEXTS.resetPasswordSentence,
  details: [TEXTS.resetPasswordDetails, TEXTS.resetPasswordSessions],
  operands: [{ name: 'EMAIL' }],
  shape: PrintedLink,
  printsSecret: true,
  async run({ open, operands, json, print }) {
    const { people } = await open()
    const person = await findPerson(people, operands[0]!)
    const link = await people.links.reset(person.id, ACTOR)
    print(
      printedLink(link, fillText(TEXTS.passwordReset, { name: toShownText(person.name), email: person.email }), json),
    )
    return EXIT.fine
  },
}

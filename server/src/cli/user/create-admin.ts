import { fillText } from '../../kernel/errors.ts'
import { readEmail, readName } from '../inputs.ts'
import { TEXTS } from '../texts.ts'
import { ACTOR, EXIT, type Verb } from '../verb.ts'
import { PrintedLink, printedLink } from './printed-link.ts'

export const userCreateAdminVerb: Verb = {
  name: 'user create-admin',
  sentence: TEXTS.createAdminSentence,
  details: [TEXTS.createAdminDetails, TEXTS.createAdminAgain],
  operands: [{ name: 'EMAIL' }],
  options: { name: { type: 'string', value: 'NAME', sentence: TEXTS.nameOption } },
  shape: PrintedLink,
  printsSecret: true,
  async run({ open, operands, options, json, print }) {
    const email = readEmail(operands[0]!)
    const name = readName(String(options['name'] ?? email.split('@')[0]))
    const { people } = await open()
    const link = await people.links.invite({ email, name, role: 'admin', emailAccountIds: [] }, ACTOR)
    print(printedLink(link, fillText(TEXTS.adminInvited, { email }), json))
    return EXIT.fine
  },
}

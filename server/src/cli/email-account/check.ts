import { TEXTS } from '../texts.ts'
import { EXIT, type Verb } from '../verb.ts'
import { PrintedAccount } from './email-account.ts'
import { findAccount } from './find-account.ts'
import { printAccount } from './show.ts'

export const emailAccountCheckVerb: Verb = {
  name: 'email-account check',
  sentence: TEXTS.emailAccountCheckSentence,
  details: [TEXTS.accountNames, TEXTS.checkAndDoctor, TEXTS.checkExitCode],
  operands: [{ name: 'ACCOUNT' }],
  shape: PrintedAccount,
  async run(call) {
    const rooms = await call.open()
    const { id } = await findAccount(rooms, call.operands[0]!)
    const account = await rooms.emailAccounts.checkAgain(id)
    await rooms.sync.lookedAt(id, { isPressed: true })
    await printAccount(account, rooms, call)
    return account.preflight?.checks.some(({ outcome }) => outcome === 'wrong') ? EXIT.foundTrouble : EXIT.fine
  },
}

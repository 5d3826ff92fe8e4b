import { z } from 'zod'
import { shownTime } from '../../kernel/shown-time.ts'
import { inColumns } from '../columns.ts'
import { toJson } from '../shapes.ts'
import { TEXTS } from '../texts.ts'
import { EXIT, type Verb } from '../verb.ts'
import { PrintedAccount } from './email-account.ts'

const EmailAccounts = z.object({ emailAccounts: z.array(PrintedAccount) })

export const emailAccountListVerb: Verb = {
  name: 'email-account list',
  sentence: TEXTS.emailAccountListSentence,
  shape: EmailAccounts,
  async run({ open, json, print }) {
    const { emailAccounts } = await open()
    const list = await emailAccounts.list()
    const rows = list.map(({ key, address, name, state, stateSince, reason }) => [
      key,
      address,
      name,
      state,
      shownTime(stateSince),
      reason?.code ?? '',
    ])
    if (json) print(toJson(EmailAccounts, { emailAccounts: list }))
    else if (rows.length === 0) print(TEXTS.noEmailAccounts)
    else print(inColumns([['KEY', 'ADDRESS', 'NAME', 'STATE', 'SINCE', 'REASON'], ...rows]))
    return EXIT.fine
  },
}

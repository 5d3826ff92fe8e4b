import { audit } from './audit.ts'
import { emailAccounts } from './email-accounts.ts'
import { composer } from './composer.ts'
import { everywhere } from './everywhere.ts'
import { entry } from './entry.ts'
import { people } from './people.ts'
import { problems } from './problems.ts'
import { settings } from './settings.ts'
import { shell } from './shell.ts'

export const english = { ...everywhere, problems, shell, entry, composer, emailAccounts, people, audit, settings }

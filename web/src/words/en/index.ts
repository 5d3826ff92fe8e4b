import { everywhere } from './everywhere.ts'
import { entry } from './entry.ts'
import { problems } from './problems.ts'
import { shell } from './shell.ts'

export const english = { ...everywhere, problems, shell, entry }

import { common } from './common.ts'
import { entry } from './entry.ts'
import { problems } from './problems.ts'
import { shell } from './shell.ts'

export const english = { ...common, problems, shell, entry }

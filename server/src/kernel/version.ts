import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Version of Postkey, from the `package.json` of the checkout or of the release. */
export const VERSION: string = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as { version: string }
).version

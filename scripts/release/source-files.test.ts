import { expect, it } from 'vitest'
import { chooseSourceFiles } from './source-files.ts'

it('are the server without tests, its migrations, the guides and the license, of those that are given', () => {
  const chosen = [
    '.env.example',
    'CHANGELOG.md',
    'LICENSE',
    'deploy/compose/.env.example',
    'deploy/compose/compose.yaml',
    'docs/admin/running.md',
    'docs/images/inbox.png',
    'docs/routes.md',
    'server/migrations/0001_people.sql',
    'server/package.json',
    'server/src/mime/parser.ts',
    'server/src/program.ts',
  ]
  const others = ['.env', 'README.md', 'package.json', 'server/src/a.integration.test.ts', 'server/test/kit/index.ts']

  expect(chooseSourceFiles([...others, ...chosen.toReversed()])).toEqual(chosen)
})

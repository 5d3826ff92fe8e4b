import { getMigrations } from 'better-auth/db/migration'
import { expect, it } from 'vitest'
import { Secret } from '../kernel/secret.ts'
import { testDatabase } from '../../test/kit/index.ts'
import { libraryConfig } from './sign-in-library.ts'

const database = await testDatabase()

function wanted(email = 'email') {
  const config = libraryConfig({
    database,
    publicUrl: new URL('http://localhost'),
    sessionSecret: new Secret('s'.repeat(32)),
  })
  return getMigrations({ ...config, user: { ...config.user, fields: { ...config.user.fields, email } } })
}

it('the migrations contain every table and column that better-auth requires', async () => {
  const { toBeCreated, toBeAdded, toBeAddedIndexes, schemaProblems } = await wanted()

  expect({ toBeCreated, toBeAdded, toBeAddedIndexes, schemaProblems }).toEqual({
    toBeCreated: [],
    toBeAdded: [],
    toBeAddedIndexes: [],
    schemaProblems: [],
  })
})

it('a missing column would be detected', async () => {
  expect((await wanted('another_name')).toBeAdded.map(({ table }) => table)).toEqual(['users'])
})

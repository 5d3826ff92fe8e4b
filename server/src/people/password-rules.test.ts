import { describe, expect, it } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import { Secret } from '../kernel/secret.ts'
import { refuseWeakPassword, type PasswordOwner } from './password-rules.ts'

const OWNER = { email: 'ada.lovelace@contoso.example', name: 'Ada Lovelace' }

async function refusalOf(password: string, owner: PasswordOwner = OWNER): Promise<unknown[] | undefined> {
  try {
    await refuseWeakPassword(new Secret(password), owner)
    return undefined
  } catch (error) {
    return error instanceof AppError ? [error.code, error.field] : [error]
  }
}

describe('a password', () => {
  it.each(['1234567890', 'correct hor', 'x'.repeat(129)])('is refused when it is short or long: %s', async (text) => {
    expect(await refusalOf(text)).toEqual(['people.password_refused', 'password'])
  })

  it.each([
    ...['passwordpassword', 'Password1234!', 'P@ssw0rdP@ssw0rd', 'qwerty123456', '1q2w3e4r5t6y', 'abcdefghijkl'],
    ...['aaaaaaaaaaaa', '201119872011', 'liverpool1234', 'Qwertyuiop12', 'postkeypostkey', 'p@ssw0rd'.repeat(16)],
  ])('is refused when it is common or easily guessed: %s', async (text) => {
    expect(await refusalOf(text)).toEqual(['people.password_common', 'password'])
  })

  it.each([
    ...['ada.lovelace@contoso.example', 'AdaLovelace1815', 'lovelace-lovelace', 'Contoso2026!!!', 'contoso.ada.2026'],
    'Ada@Contoso.Example',
  ])("is refused when it is the owner's name or address: %s", async (text) => {
    expect(await refusalOf(text)).toEqual(['people.password_personal', 'password'])
  })

  it.each([
    ...['correct horse battery', 'xK9#mQ2$vL5n', 'a walk through the woods', 'ada likes kettles on shelves'],
    ...['Zwölf Kessel im Regal', '十二個水壺在架子上面放著呢'],
  ])('is accepted when it is long and unusual: %s', async (text) => {
    expect([await refusalOf(text), await refusalOf(text, {})]).toEqual([undefined, undefined])
  })
})

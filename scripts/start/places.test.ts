import { describe, expect, it } from 'vitest'
import { placesOf } from './places.ts'

const root = { isRoot: true, home: '/root' }
const ada = { isRoot: false, home: '/home/ada' }

describe('where things lie', () => {
  it('is where the system keeps such things, for root', () => {
    expect(placesOf({}, root)).toEqual({ dataFolder: '/var/lib/postkey', keyFile: '/etc/postkey/keys' })
  })

  it('is the checkout for everybody else, and the key in their configuration', () => {
    const { dataFolder, keyFile } = placesOf({}, ada)

    expect(dataFolder).toMatch(/\/data$/)
    expect(keyFile).toBe('/home/ada/.config/postkey/keys')
    expect(placesOf({ XDG_CONFIG_HOME: '/cfg' }, ada).keyFile).toBe('/cfg/postkey/keys')
  })

  it('is where the environment says', () => {
    expect(placesOf({ POSTKEY_DATA: '/d', POSTKEY_KEY_FILE: '/k' }, root)).toEqual({ dataFolder: '/d', keyFile: '/k' })
  })

  it('makes no key file beside keys in the environment', () => {
    expect(placesOf({ POSTKEY_KEY: 'a b' }, ada).keyFile).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import { choosePlaces } from './places.ts'

const root = { isRoot: true, home: '/root' }
const ada = { isRoot: false, home: '/home/ada' }

describe('default paths', () => {
  it('are system folders for root', () => {
    expect(choosePlaces({}, root)).toEqual({ dataFolder: '/var/lib/postkey', keyFile: '/etc/postkey/keys' })
  })

  it('are in the checkout for other users, with the key in their configuration folder', () => {
    const { dataFolder, keyFile } = choosePlaces({}, ada)

    expect(dataFolder).toMatch(/\/data$/)
    expect(keyFile).toBe('/home/ada/.config/postkey/keys')
    expect(choosePlaces({ XDG_CONFIG_HOME: '/cfg' }, ada).keyFile).toBe('/cfg/postkey/keys')
  })

  it('are overridden by the environment', () => {
    expect(choosePlaces({ POSTKEY_DATA: '/d', POSTKEY_KEY_FILE: '/k' }, root)).toEqual({
      dataFolder: '/d',
      keyFile: '/k',
    })
  })

  it('include no key file when the environment contains keys', () => {
    expect(choosePlaces({ POSTKEY_KEY: 'a b' }, ada).keyFile).toBeUndefined()
  })
})

import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { SERVER_FLAGS } from './server-flags.ts'

it('starts measured processes with the Node options of the server, which Node accepts', () => {
  expect(SERVER_FLAGS).toContain('--import')
  expect(SERVER_FLAGS).not.toContain('node')
  const { status } = spawnSync(process.execPath, [...SERVER_FLAGS, '--eval', ''])
  expect(status).toBe(0)
})

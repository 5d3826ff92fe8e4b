import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findCommand } from './programs.ts'

describe('looking for a program', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'postkey-programs-'))
  })

  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it('takes the first name that can be run, wherever it is in the path', () => {
    const place = executable(join(folder, 'b', 'chrome'))

    expect(findCommand(['chromium', 'chrome'], [join(folder, 'a'), join(folder, 'b')].join(delimiter))).toBe(place)
  })

  it('takes an absolute place when the path has none', () => {
    const place = executable(join(folder, 'app', 'Chromium'))

    expect(findCommand(['chromium', place], '')).toBe(place)
  })

  it('does not take a folder or a file that cannot be run', () => {
    mkdirSync(join(folder, 'chromium'))
    writeFileSync(join(folder, 'chrome'), '')

    expect(findCommand(['chromium', 'chrome'], folder)).toBeUndefined()
  })

  function executable(place: string): string {
    mkdirSync(join(place, '..'), { recursive: true })
    writeFileSync(place, '#!/bin/sh\n')
    chmodSync(place, 0o755)
    return place
  }
})

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findCommand } from './programs.ts'

describe('the search for a program', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'postkey-programs-'))
  })

  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it('returns the first executable name, in any folder of the path', () => {
    const place = executable(join(folder, 'b', 'chrome'))

    expect(findCommand(['chromium', 'chrome'], [join(folder, 'a'), join(folder, 'b')].join(delimiter))).toBe(place)
  })

  it('returns an absolute path when PATH contains no match', () => {
    const place = executable(join(folder, 'app', 'Chromium'))

    expect(findCommand(['chromium', place], '')).toBe(place)
  })

  it('ignores folders and files that are not executable', () => {
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

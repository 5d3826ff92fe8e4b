/** Installs missing programs that the tests need, if that is possible without prompts: as root on Debian. */
import { existsSync, readFileSync } from 'node:fs'
import { findProgram, PROGRAMS, type Program, type ProgramName } from '../programs.ts'
import { createUser, install, unpack } from './apt.ts'

export interface Provided {
  name: ProgramName
  /** Path of the program; `undefined` if it is missing. */
  place: string | undefined
  /** True if the installation did not provide it. */
  failed: boolean
  /** Result as a sentence to print. */
  sentence: string
}

/** Resolves each name to a path and installs missing programs. Existing programs are never changed. */
export function provide(names: readonly ProgramName[]): Provided[] {
  const missing = names.filter((name) => !findProgram(name))
  const canInstall = process.getuid?.() === 0 && isDebian()
  if (canInstall) {
    const all = names.map((name): Program => PROGRAMS[name])
    const absent = missing.map((name): Program => PROGRAMS[name])
    const toInstall = absent.filter(({ unpackInto }) => unpackInto === undefined)
    if (toInstall.length > 0) install(toInstall.flatMap(({ debian }) => debian))
    // After the installations, so that installed dependencies are not unpacked as well.
    for (const { debian, unpackInto } of absent) if (unpackInto !== undefined) unpack(debian, unpackInto)
    for (const { user } of all) if (user !== undefined) createUser(user)
  }

  return names.map((name) => {
    const place = findProgram(name)
    const { debian, elsewhere, unpackInto }: Program = PROGRAMS[name]
    if (!missing.includes(name))
      return { name, place, failed: false, sentence: `${name}: already here (${String(place)}).` }
    if (place) return { name, place, failed: false, sentence: `${name}: installed (${place}).` }
    if (canInstall) {
      const sentence = `${name}: still missing after ${unpackInto === undefined ? 'installing' : 'unpacking'} ${debian.join(', ')}; see the lines above.`
      // Without an unpacked server, its tests are skipped, with the reason in their titles.
      return { name, place, failed: unpackInto === undefined, sentence }
    }
    const byHand = unpackInto === undefined ? `apt-get install ${debian.join(' ')}` : 'npm run setup'
    const how = isDebian() ? `as root: ${byHand}` : elsewhere
    const sentence = `${name}: missing, and only root on Debian can have it installed here. To have it, ${how}.`
    return { name, place, failed: false, sentence }
  })
}

function isDebian(): boolean {
  if (!existsSync('/etc/os-release') || !existsSync('/usr/bin/apt-get')) return false
  return /^ID(_LIKE)?=.*\bdebian\b/m.test(readFileSync('/etc/os-release', 'utf8'))
}

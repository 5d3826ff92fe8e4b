/** Installs what is missing of the programs that the tests need, where that can be done without asking: root on Debian. */
import { existsSync, readFileSync } from 'node:fs'
import { findProgram, PROGRAMS, type ProgramName } from '../programs.ts'
import { install } from './apt.ts'

export interface Provided {
  name: ProgramName
  /** Where it is now, if it is. */
  place: string | undefined
  /** It was installed, and still is not there. */
  failed: boolean
  /** What to tell about it. */
  sentence: string
}

/** Resolves each name to a place, installing what is missing. What is there already is never touched. */
export function provide(names: readonly ProgramName[]): Provided[] {
  const missing = names.filter((name) => !findProgram(name))
  const canInstall = process.getuid?.() === 0 && isDebian()
  if (canInstall && missing.length > 0) install(missing.flatMap((name) => PROGRAMS[name].debian))

  return names.map((name) => {
    const place = findProgram(name)
    const { debian, elsewhere } = PROGRAMS[name]
    if (!missing.includes(name))
      return { name, place, failed: false, sentence: `${name}: already here (${String(place)}).` }
    if (place) return { name, place, failed: false, sentence: `${name}: installed (${place}).` }
    if (canInstall) {
      const sentence = `${name}: still missing after installing ${debian.join(', ')}; see the lines above.`
      return { name, place, failed: true, sentence }
    }
    const how = isDebian() ? `as root: apt-get install ${debian.join(' ')}` : elsewhere
    const sentence = `${name}: missing, and only root on Debian can have it installed here. To have it, ${how}.`
    return { name, place, failed: false, sentence }
  })
}

function isDebian(): boolean {
  if (!existsSync('/etc/os-release') || !existsSync('/usr/bin/apt-get')) return false
  return /^ID(_LIKE)?=.*\bdebian\b/m.test(readFileSync('/etc/os-release', 'utf8'))
}

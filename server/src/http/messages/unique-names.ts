import { cleanFileName } from '../../mail/index.ts'

/** File names without folders, each once. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    const clean =
      cleanFileName(name.toWellFormed())
        .replaceAll(/[/\\:]/g, '_')
        .replace(/^\.+/, '_') || 'attachment'
    const [, stem = clean, extension = ''] = /^(.+?)(\.[^.]{1,20})?$/s.exec(clean) ?? []
    let unique = clean
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${stem} (${n})${extension}`
    taken.add(unique.toLowerCase())
    return unique
  })
}

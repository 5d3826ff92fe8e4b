/**
 * Returns the release notes of a version: its section of the changelog, with headings one level higher.
 *
 * @throws {Error} when the changelog has no section of the version
 */
export function releaseNotes(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1)
  const section = sections.find((each) =>
    each
      .split('\n', 1)[0]!
      .split(/[\s:]+/)
      .includes(version),
  )
  if (section === undefined) throw new Error(`CHANGELOG.md has no section "## ${version}".`)
  const [, ...lines] = section.trimEnd().split('\n')
  const text = lines.map((line) => line.replace(/^##(?=#)/, '#')).join('\n')
  return `# Postkey ${version}\n${text}\n`
}

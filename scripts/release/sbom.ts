/** Software bill of materials (CycloneDX) of a release: npm's, limited to the packages that are part of it. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { identityOf, listServerPackages, listWebPackages, type Lock } from './packages.ts'

interface Bom {
  serialNumber: string
  metadata: { timestamp: string; tools: { vendor: string; name: string }[]; component: Component }
  components: Component[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

interface Component {
  'bom-ref': string
  type: string
  name: string
  properties: unknown[]
}

interface Described {
  lock: Lock
  version: string
  /** Seconds since 1970. */
  time: number
}

/**
 * Returns the SBOM as JSON. It lists what the server loads and what is built into the web UI, which npm knows as
 * development dependencies.
 *
 * @throws {Error} when npm is older than 10, or a package of the release is missing in npm's list
 */
export function createSbom(checkout: string, { lock, version, time }: Described): string {
  const bom = askNpm(checkout)
  const packages = new Set(
    [...listServerPackages(lock), ...listWebPackages(lock)].map((each) => identityOf(lock, each)),
  )
  const components = bom.components.filter((each) => packages.has(each['bom-ref']))
  const listed = new Set(components.map((each) => each['bom-ref']))
  const missing = [...packages].filter((each) => !listed.has(each))
  if (missing.length > 0) throw new Error(`npm sbom lacks ${missing.join(', ')}.`)

  const root = `postkey@${version}`
  const direct = ['server', 'web'].flatMap(
    (workspace) => bom.dependencies.find(({ ref }) => ref === `@postkey/${workspace}@${version}`)?.dependsOn ?? [],
  )
  const within = (refs: readonly string[]) => [...new Set(refs)].filter((ref) => packages.has(ref)).sort()
  const content = {
    ...bom,
    metadata: {
      ...bom.metadata,
      timestamp: new Date(time * 1000).toISOString(),
      // The version of npm on this machine isn't part of the release.
      tools: bom.metadata.tools.map(({ vendor, name }) => ({ vendor, name })),
      component: { ...bom.metadata.component, 'bom-ref': root, type: 'application', name: 'postkey' },
    },
    // The properties tell the place in the checkout, and "development" for packages of the web UI.
    components: components.map((each) => ({ ...each, scope: 'required', properties: [] })),
    dependencies: [
      { ref: root, dependsOn: within(direct) },
      ...bom.dependencies
        .filter(({ ref }) => packages.has(ref))
        .map(({ ref, dependsOn }) => ({ ref, dependsOn: within(dependsOn) })),
    ],
  }
  const text = JSON.stringify({ ...content, serialNumber: undefined })
  return `${JSON.stringify({ ...content, serialNumber: `urn:uuid:${uuidOf(text)}` }, null, 2)}\n`
}

function askNpm(checkout: string): Bom {
  const { status, stdout, stderr, error } = spawnSync(
    'npm',
    ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'],
    { cwd: checkout, encoding: 'utf8', maxBuffer: 64_000_000 },
  )
  if (status !== 0) throw new Error(`npm sbom failed; it needs npm 10 or newer. ${stderr || String(error)}`)
  return JSON.parse(stdout) as Bom
}

/** A UUID by the content. @see RFC 9562 §5.8 */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Software bill of materials (CycloneDX) of a release, made from the lockfile: any npm will do, and no network is used. */
import { createHash } from 'node:crypto'
import {
  identityOf,
  listDirect,
  listRequired,
  listServerPackages,
  listWebPackages,
  nameOf,
  type Lock,
} from './packages.ts'

interface Described {
  lock: Lock
  version: string
  description: string
  license: string
  /** Seconds since 1970. */
  time: number
}

/**
 * Returns the SBOM as JSON. It lists what the server loads and what is built into the web UI, which npm knows as
 * development dependencies.
 *
 * @see CycloneDX 1.5, https://cyclonedx.org/docs/1.5/json/
 */
export function createSbom({ lock, version, description, license, time }: Described): string {
  const folders = [...new Set([...listServerPackages(lock), ...listWebPackages(lock)])]
  // A package in several folders is one component.
  const byIdentity = Map.groupBy(folders, (folder) => identityOf(lock, folder))
  const identities = [...byIdentity.keys()].sort()
  const required = (found: readonly string[]) => [
    ...new Set(found.flatMap((folder) => listRequired(lock, folder)).map((folder) => identityOf(lock, folder))),
  ]
  const root = `postkey@${version}`
  const direct = new Set(listDirect(lock).map((folder) => identityOf(lock, folder)))
  const content = {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      timestamp: new Date(time * 1000).toISOString(),
      lifecycles: [{ phase: 'build' }],
      component: {
        ...{ 'bom-ref': root, type: 'application', name: 'postkey', version, description },
        ...{ purl: purlOf('postkey', version), licenses: licensesOf(license) },
      },
    },
    components: identities.map((identity) => componentOf(lock, identity, byIdentity.get(identity)![0]!)),
    dependencies: [
      { ref: root, dependsOn: [...direct].sort() },
      ...identities.map((ref) => ({ ref, dependsOn: required(byIdentity.get(ref)!).sort() })),
    ],
  }
  const text = JSON.stringify(content)
  return `${JSON.stringify({ ...content, serialNumber: `urn:uuid:${uuidOf(text)}` }, null, 2)}\n`
}

function componentOf(lock: Lock, identity: string, folder: string) {
  const { version = '', integrity, license } = lock[folder]!
  if (integrity === undefined) throw new Error(`package-lock.json has no hash of ${folder}. Run npm install.`)
  const [algorithm, hash] = integrity.split('-') as [string, string]
  return {
    'bom-ref': identity,
    type: 'library',
    name: nameOf(folder),
    version,
    scope: 'required',
    purl: purlOf(nameOf(folder), version),
    hashes: [{ alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(hash, 'base64').toString('hex') }],
    licenses: licensesOf(license),
  }
}

/** @see https://github.com/package-url/purl-spec, type npm */
function purlOf(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}

/** An expression of SPDX with several licenses, or the ID of one. */
function licensesOf(license: string | undefined) {
  if (license === undefined) return []
  return [/ (?:AND|OR|WITH) /.test(license) ? { expression: license } : { license: { id: license } }]
}

/** A UUID by the content. @see RFC 9562 §5.8 */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

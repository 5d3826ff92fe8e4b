import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { WEB_TOOLS } from './release/packages.ts'

interface Manifest {
  version: string
  workspaces?: string[]
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

const manifests = ['package.json', ...globSync('{server,web,sandbox,client,proofs}/package.json')].map((file) => ({
  file,
  manifest: JSON.parse(readFileSync(file, 'utf8')) as Manifest,
}))

/**
 * Packages that a running Postkey needs. Those of the web UI and of the sandbox are development dependencies, because
 * the code of the first is in its build, and a production server runs without the second.
 */
function runtimeOf(file: string, { dependencies = {}, devDependencies = {} }: Manifest): string[] {
  const workspace = file.split('/')[0]!
  const inDevelopment = Object.keys(devDependencies).filter((name) => !TOOLS[workspace]?.includes(name))
  return [...Object.keys(dependencies), ...(workspace in TOOLS ? inDevelopment : [])]
}

/** Development dependencies that only build, check or test the workspace. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  web: WEB_TOOLS,
  sandbox: [
    '@azure/msal-node',
    '@microsoft/microsoft-graph-client',
    '@peculiar/x509',
    '@types/mailparser',
    '@types/nodemailer',
    'imapflow',
    'openid-client',
    'reflect-metadata',
  ],
}

/** Packages that a script copies into the build of the workspace. */
const COPIED: Readonly<Record<string, readonly string[]>> = { web: ['@scalar/fastify-api-reference'] }

const PAGE = 'docs/dependencies.md'
const listed = [...readFileSync(PAGE, 'utf8').matchAll(/^\| `([^`]+)` +\| ([^|]+?) +\| (\S.{20,}?) +\|$/gm)].map(
  ([, name, users]) => `${name} in ${users}`,
)

describe('dependencies', () => {
  it('are justified in docs/dependencies.md if and only if a running Postkey needs them', () => {
    const used = new Map<string, string[]>()
    for (const { file, manifest } of manifests) {
      for (const name of runtimeOf(file, manifest)) {
        used.set(name, [...(used.get(name) ?? []), file.split('/')[0]!])
      }
    }

    expect(listed.sort()).toEqual([...used].map(([name, users]) => `${name} in ${users.sort().join(', ')}`).sort())
  })

  it.each(manifests.filter(({ file }) => file.includes('/')))(
    'are declared if and only if they are imported: $file',
    ({ file, manifest }) => {
      const imported = globSync(`${file.split('/')[0]}/src/**/*.{ts,tsx}`)
        // Modules that only tests may import (checked by the import law) may use test dependencies.
        .filter((source) => !/\.test\./.test(source))
        .flatMap((source) => ts.preProcessFile(readFileSync(source, 'utf8'), true, true).importedFiles)
        .map(({ fileName }) => /^(@[^/]+\/)?[^/]+/.exec(fileName)![0])
        .filter((name) => !name.startsWith('.') && !isBuiltin(name))

      const copied = COPIED[file.split('/')[0]!] ?? []
      expect([...new Set([...imported, ...copied])].sort()).toEqual(runtimeOf(file, manifest).sort())
    },
  )

  it('are declared by workspaces of one version', () => {
    expect(new Set(manifests.map(({ manifest }) => manifest.version)).size).toBe(1)
  })

  it('are installed without those of the web UI and of the sandbox, by npm ci --omit=dev', () => {
    const production = manifests.filter(({ manifest }) => Object.keys(manifest.dependencies ?? {}).length > 0)

    expect(production.map(({ file }) => file)).toEqual(['server/package.json'])
  })

  it.each(manifests)('are pinned to an exact version in $file', ({ manifest }) => {
    const versions = Object.entries({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    })

    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  })

  it('are locked with hashes and without download addresses', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { link?: boolean; integrity?: string; resolved?: string }>
    }
    const entries = Object.entries(lock.packages).filter(([path, { link }]) => path.includes('node_modules/') && !link)

    expect(entries.length).toBeGreaterThan(0)
    expect(entries.filter(([, { integrity }]) => !integrity).map(([path]) => path)).toEqual([])
    expect(entries.filter(([, { resolved }]) => resolved?.startsWith('http')).map(([path]) => path)).toEqual([])
  })

  it('run install scripts only after review', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean }>
    }
    const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      allowScripts: Record<string, boolean>
    }
    const running = Object.entries(lock.packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))

    expect(running.filter((name) => !(name in allowScripts))).toEqual([])
  })
})

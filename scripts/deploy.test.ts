/** Keeps the files of `deploy` in agreement with what they start: variables, commands, file names, versions. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, matchesGlob } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../server/src/config.ts'
import { VARIABLES, type Variable } from '../server/src/variables.ts'
import { COMMANDS } from './command-line-page.ts'
import { nodeOf, packagesOf, PLATFORMS, type Cpu } from './image/context.ts'
import { readLock } from './release/packages.ts'

const CPUS = Object.keys(PLATFORMS) as Cpu[]
/** Variables of the server, and those that only `postkey start` reads. */
const variables: readonly Variable[] = VARIABLES
const KNOWN: readonly string[] = [...variables.map(({ name }) => name), 'POSTKEY_DATA']

const dockerfile = readFileSync('deploy/Dockerfile', 'utf8')
const lines = dockerfile.replaceAll(/\\\n\s*/g, '').split('\n')
const wordsOf = (instruction: string) =>
  lines.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1))

describe('the Dockerfile', () => {
  it('unpacks the files of the build context, for each platform', () => {
    const lock = readLock('.')
    for (const cpu of CPUS) {
      for (const { file } of packagesOf(lock, cpu)) expect(dockerfile).toContain(file.replace(cpu, '$cpu'))
    }
    expect(wordsOf('RUN').join()).toContain('tar -xzf postkey.tar.gz')
  })

  it('has the Node of the lockfile where the launcher looks for it, and one that is new enough', () => {
    const launcher = readFileSync('scripts/release/launcher.sh', 'utf8')
    const needed = Number(/^NEEDED=(\d+)$/m.exec(launcher)![1])
    const versions = CPUS.map((cpu) => packagesOf(readLock('.'), cpu)[0]!.version)

    expect(new Set(versions).size).toBe(1)
    expect(Number(versions[0]!.split('.')[0])).toBeGreaterThanOrEqual(needed)
    expect(launcher).toContain('"$root/node/bin/node"')
    expect(dockerfile).toContain('"$root/node/bin/node"')
  })

  it('sets variables that the server knows, and listens on its default port', () => {
    const [names] = wordsOf('ENV').map((line) => line.split(/ +/).map((pair) => pair.split('=')[0]!))
    const port = variables.find(({ name }) => name === 'PORT')!.default!

    expect(names!.filter((name) => name !== 'PATH' && !KNOWN.includes(name))).toEqual([])
    expect(wordsOf('EXPOSE')).toEqual([port])
    expect(wordsOf('HEALTHCHECK')[0]).toContain(`process.env.PORT||${port}`)
  })

  it('runs a command of the release without root, ends it by SIGTERM, and asks an address that it serves', () => {
    const [command] = wordsOf('CMD').map((words) => JSON.parse(words) as string[])
    const routes = readFileSync('docs/routes.md', 'utf8')

    expect(wordsOf('ENTRYPOINT')).toEqual(['["postkey"]'])
    expect(COMMANDS.map(({ name }) => name)).toContain(command![0])
    expect(wordsOf('USER')).toEqual(['10001:10001'])
    expect(wordsOf('STOPSIGNAL')).toEqual(['SIGTERM'])
    expect(wordsOf('VOLUME')).toEqual(['/var/lib/postkey'])
    expect(routes).toContain(/\/\w+(?=`\))/.exec(wordsOf('HEALTHCHECK')[0]!)![0])
  })

  it('runs no program of another platform: the last stage copies files only', () => {
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')))

    expect(last.filter((line) => line.startsWith('RUN '))).toEqual([])
    expect(lines.find((line) => line.startsWith('FROM '))).toContain('--platform=$BUILDPLATFORM')
  })
})

describe('the Dockerfile of the sandbox', () => {
  const text = readFileSync('deploy/sandbox/Dockerfile', 'utf8')
  const joined = text.replaceAll(/\\\n\s*/g, '').split('\n')
  const argumentsOf = (instruction: string) =>
    joined.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1))

  it('has the Node of the lockfile for each platform, and the package', () => {
    for (const cpu of CPUS) expect(text).toContain(nodeOf(readLock('.'), cpu).file.replace(cpu, '$cpu'))
    expect(text).toContain('tar -xzf postkey-sandbox.tgz')
    expect(text).toContain('FROM --platform=$BUILDPLATFORM')
    expect(joined.slice(joined.lastIndexOf('FROM scratch')).filter((line) => line.startsWith('RUN '))).toEqual([])
  })

  it('runs the command without root on the documented ports, with its state in the volume', () => {
    const [folder] = argumentsOf('VOLUME')
    const [program, file, ...options] = JSON.parse(argumentsOf('ENTRYPOINT')[0]!) as string[]
    const readme = readFileSync('sandbox/package/README.md', 'utf8')
    const [preferred] = /PREFERRED_PORTS: Ports = \{[^}]*\}/.exec(readFileSync('sandbox/src/ports.ts', 'utf8'))!
    const ports = preferred.match(/\d+/g)!

    expect([program, file]).toEqual(['node', '/opt/postkey-sandbox/bin/postkey-sandbox.js'])
    expect(options).toEqual(['--data', folder, '--listen', 'all'])
    expect(argumentsOf('USER')).toEqual(['10001:10001'])
    expect(argumentsOf('STOPSIGNAL')).toEqual(['SIGTERM'])
    expect(argumentsOf('EXPOSE')).toEqual([ports.join(' ')])
    for (const port of ports) expect(readme).toContain(`| ${port} |`)
    expect(argumentsOf('HEALTHCHECK')[0]).toContain(`require('${folder}/ports.json').controlPanel}/healthz`)
  })
})

describe('the units of systemd', () => {
  const unit = (name: string) => readFileSync(`deploy/systemd/${name}`, 'utf8')
  const valuesOf = (name: string, key: string) =>
    [...unit(name).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value!)

  it.each(['postkey.service', 'postkey-backup.service'])('%s runs a command of the release, without rights', (name) => {
    const [program, command] = valuesOf(name, 'ExecStart')[0]!.split(' ')

    expect(program).toBe('/opt/postkey/bin/postkey')
    expect(COMMANDS.map((verb) => verb.name)).toContain(command)
    const kept = ['NoNewPrivileges', 'ProtectSystem', 'CapabilityBoundingSet', 'User'].map((key) => valuesOf(name, key))
    expect(kept).toEqual([['yes'], ['strict'], [''], ['postkey']])
  })

  it('kill the server later than it ends by itself', () => {
    const endMs = Number(
      /^const LIMIT_MS = ([\d_]+)$/m
        .exec(readFileSync('server/src/process/process-end.ts', 'utf8'))![1]!
        .replaceAll('_', ''),
    )

    expect(Number(valuesOf('postkey.service', 'TimeoutStopSec')[0]) * 1000).toBeGreaterThan(endMs + 2000)
    // Draining comes first: its seconds are added where the limit is set.
    for (const file of ['deploy/systemd/postkey.service', 'deploy/compose/compose.yaml'])
      expect(readFileSync(file, 'utf8')).toMatch(
        /POSTKEY_DRAIN_SECONDS.*\n\s*(?:KillSignal.*\n)?(?:TimeoutStopSec|stop_grace_period)/,
      )
  })

  it('keep backups in the folder in which the backup writes, by the names that it gives', () => {
    const name = 'postkey-backup.service'
    const folder = valuesOf(name, 'ExecStart')[0]!.split(' ').at(-1)!
    const [deletes] = valuesOf(name, 'ExecStartPost')

    expect(valuesOf(name, 'ReadWritePaths')).toEqual([folder])
    expect(deletes).toContain(`find ${folder} `)
    expect(matchesGlob('postkey-20260504T100000Z.backup.zst.age', /-name (\S+)/.exec(deletes!)![1]!)).toBe(true)
  })

  it('name the guides of the release, and the folders that the install guide creates', () => {
    const guide = readFileSync('docs/admin/install.md', 'utf8')
    const names = readdirSync('deploy/systemd')
    const guides = names.flatMap((name) => valuesOf(name, 'Documentation'))

    expect(guides.filter((url) => !existsSync(url.replace('file:///opt/postkey/', '')))).toEqual([])
    for (const path of ['/etc/postkey/postkey.env', '/var/backups/postkey', 'postkey-backup.timer']) {
      expect(guide).toContain(path)
    }
  })

  it('fit the variables in the install guide, which the server accepts', () => {
    const guide = readFileSync('docs/admin/install.md', 'utf8')
    const file = /`\/etc\/postkey\/postkey\.env`[^`]*```sh\n([^`]+)```/.exec(guide)![1]!
    const folder = mkdtempSync(join(tmpdir(), 'postkey-deploy-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    // The folders of this machine play no part.
    const { stateFile, databaseUrl } = readConfig(parseEnv(file.replaceAll('/var/lib/postkey', folder)))

    expect(file).toContain("'/var/lib/postkey/")
    expect(dirname(stateFile!)).toBe(folder)
    expect(databaseUrl.reveal()).toBe('postgresql://postkey@/postkey?host=/run/postgresql')
  })
})

interface Service {
  image: string
  command?: string[]
  environment: Record<string, string>
  secrets?: string[]
  volumes: string[]
  networks: string[]
  depends_on?: Record<string, object>
  read_only?: boolean
}

describe('the files of compose', () => {
  const file = parse(readFileSync('deploy/compose/compose.yaml', 'utf8')) as {
    services: Record<'postkey' | 'backup' | 'postgres' | 'caddy', Service>
    networks: Record<string, { ipam?: { config: { subnet: string }[] } } | null>
    volumes: Record<string, null>
    secrets: Record<string, { file: string }>
  }
  const { postkey, backup, postgres, caddy } = file.services
  const text = JSON.stringify(file)
  const example = readFileSync('deploy/compose/.env.example', 'utf8')

  it('set variables that the server knows, to values that it accepts', () => {
    const given = { ...parseEnv(example), POSTKEY_BACKUP_RECIPIENTS: '' }
    const filled = Object.fromEntries(
      Object.entries(postkey.environment).map(([name, value]) => [name, fillIn(value, given)]),
    )
    const names = [...Object.keys(postkey.environment), ...Object.keys(backup.environment)]

    expect(names.filter((name) => !KNOWN.includes(name))).toEqual([])
    // A backup made at once is encrypted like the scheduled ones.
    expect(backup.environment['POSTKEY_BACKUP_RECIPIENTS']).toBe(postkey.environment['POSTKEY_BACKUP_RECIPIENTS'])
    const { publicUrl, trustedProxies } = readConfig({
      ...filled,
      ...{ POSTKEY_KEY_FILE: '/var/lib/postkey/keys/keys', POSTKEY_BACKUP_FOLDER: undefined },
      ...{ DATABASE_URL_FILE: undefined, DATABASE_URL: 'postgresql://postkey@postgres/postkey' },
    })
    expect(publicUrl.origin).toBe('https://mail.example.com')
    expect(trustedProxies).toEqual([file.networks['web']!.ipam!.config[0]!.subnet])
  })

  it('use the image of this version, and commands that it has', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

    for (const service of [postkey, backup]) expect(fillIn(service.image, {})).toBe(`postkey:${version}`)
    expect(COMMANDS.map(({ name }) => name)).toContain(backup.command![0])
    expect(postkey.volumes[0]).toBe(`postkey:${wordsOf('VOLUME')[0]!}`)
  })

  it('declare every variable in .env.example, with the same default', () => {
    const used = [...text.matchAll(/\$\{(\w+)(?::-([^}]*))?/g)].map(([, name, value]) => `${name!}=${value ?? ''}`)
    const shown = [...example.matchAll(/^#?(POSTKEY_\w+)=(.*)$/gm)]

    expect(new Set(shown.map(([, name]) => name))).toEqual(new Set(used.map((each) => each.split('=')[0])))
    const withDefault = used.filter((each) => !each.endsWith('='))
    expect(shown.map(([line]) => line.replace('#', ''))).toEqual(expect.arrayContaining(withDefault))
  })

  it('declare every secret, volume and network that they use, and mount secrets where they are read', () => {
    const services = Object.values(file.services)
    const named = services.flatMap(({ volumes }) => volumes).filter((volume) => /^\w+:/.test(volume))

    expect(new Set(named.map((volume) => volume.split(':')[0]))).toEqual(new Set(Object.keys(file.volumes)))
    expect(new Set(services.flatMap(({ networks }) => networks))).toEqual(new Set(Object.keys(file.networks)))
    for (const { environment, secrets = [] } of services) {
      const read = Object.entries(environment).filter(([name]) => name.endsWith('_FILE'))
      expect(read.map(([, path]) => path)).toEqual(secrets.map((name) => `/run/secrets/${name}`))
    }
    const guide = readFileSync('docs/admin/install.md', 'utf8')
    for (const { file: path } of Object.values(file.secrets)) expect(guide).toContain(path.replace('./', ''))
  })

  it('lead Caddy to Postkey with the settings of the Caddyfile for one machine', () => {
    const directives = (path: string) =>
      [...readFileSync(path, 'utf8').matchAll(/^\t+(\w.*?)(?: \{)?$/gm)].map(([, line]) => line)
    const own = directives('deploy/compose/Caddyfile')

    expect(own).toContain(`reverse_proxy postkey:${wordsOf('EXPOSE')[0]!}`)
    expect(own.map((line) => line!.replace('postkey:8400', '127.0.0.1:8400'))).toEqual(
      directives('deploy/proxy/Caddyfile'),
    )
    expect(caddy.volumes).toContain('./Caddyfile:/etc/caddy/Caddyfile:ro')
    expect([postkey.depends_on, postgres.networks]).toEqual([
      { postgres: { condition: 'service_healthy' } },
      ['database'],
    ])
  })
})

/** Fills in variables as compose does. */
function fillIn(value: string, given: Readonly<Record<string, string | undefined>>): string {
  return value.replaceAll(
    /\$\{(\w+)(?::[-?]([^}]*))?\}/g,
    (_all, name: string, otherwise = '') => given[name] ?? String(otherwise),
  )
}

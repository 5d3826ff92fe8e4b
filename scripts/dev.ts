/**
 * Runs `npm start` for development: restarts the server when files under `server/` change and rebuilds the web UI when
 * files under `web/` change. Usage: npm run dev [-- --without-sandbox]
 */
import { existsSync, watch } from 'node:fs'
import { join } from 'node:path'
import { startWatched, type WatchedChild } from './start/watched-child.ts'

const CHECKOUT = join(import.meta.dirname, '..')
const SOURCES = ['server/src', 'server/rehearsal', 'server/migrations']
/** Debounce time in milliseconds: an editor may write several files, or one file several times. */
const SETTLED_MS = 200

const startArguments = [join(CHECKOUT, 'scripts/start.ts'), ...process.argv.slice(2)]
let server = startServer()
let web: WatchedChild | undefined
let restarting: Promise<void> | undefined
let settling: NodeJS.Timeout | undefined
let ending = false

for (const folder of SOURCES) {
  watch(join(CHECKOUT, folder), { recursive: true }, (_event, file) => {
    if (file === null || !isSource(file) || ending) return
    clearTimeout(settling)
    settling = setTimeout(() => void restart(file), SETTLED_MS)
  })
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end())

function startServer(): WatchedChild {
  const child = startWatched(startArguments, {
    cwd: CHECKOUT,
    onPrinted(text) {
      // The start has already built stale files; a second concurrent build would conflict with it.
      if (text.includes('Ctrl-C')) web ??= startWebBuild()
    },
  })
  void child.ended.then(() => {
    if (!ending && !child.isStopping) console.log('  Postkey has ended. It starts again when a file is changed.')
  })
  return child
}

function startWebBuild(): WatchedChild | undefined {
  if (!existsSync(join(CHECKOUT, 'web/vite.config.ts')) || ending) return undefined
  const vite = join(CHECKOUT, 'node_modules/vite/bin/vite.js')
  return startWatched([vite, 'build', '--watch', '--logLevel', 'warn'], {
    cwd: join(CHECKOUT, 'web'),
    env: { NODE_ENV: 'production' },
  })
}

/** Restarts the server. A change during the restart causes another restart. */
async function restart(file: string): Promise<void> {
  await restarting
  if (ending) return
  restarting = (async () => {
    console.log(`  ${file} was changed: starting again.`)
    await server.stop()
    if (!isEnding()) server = startServer()
  })()
}

async function end(): Promise<void> {
  if (ending) return
  ending = true
  await Promise.all([server.stop(), web?.stop()])
  process.exit(0)
}

/** A function, because the value may change during each wait. */
function isEnding(): boolean {
  return ending
}

function isSource(file: string): boolean {
  return /\.(ts|sql|json)$/.test(file) && !file.endsWith('.test.ts')
}

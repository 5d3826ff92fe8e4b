/**
 * Loaded before every script of `package.json` (`node --import ./scripts/node-24.js …`), and written in what old
 * versions of Node can read: sees to it that the script runs on Node 24 or says in one sentence what is missing.
 *
 * Usually npm has put the Node of `optionalDependencies` first in the path and there is nothing to do. npm 9 and 10
 * forget that link (they drop it with the package of the other platform), so the same Node is started from its package.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { delimiter, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const NEEDED = 24
const FLUSH_AFTER_MS = 10_000
const LOOK_EVERY_MS = 500
/** The scripts of `package.json` that run until they are ended. */
const LIVING_WITH_NPM = ['start', 'serve', 'dev', 'sandbox']

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  const fromNpm = fileURLToPath(
    new URL(`../node_modules/node-${process.platform}-${process.arch}/bin/node`, import.meta.url),
  )
  if (existsSync(fromNpm)) await continueOn(fromNpm)
  else complain()
}
rememberCompiled()
endWithNpm((signal) => process.kill(process.pid, signal))

/** Runs the same command on another Node and never returns: this process only passes on signals and the exit code. */
function continueOn(node) {
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, PATH: dirname(node) + delimiter + process.env.PATH },
  })
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  endWithNpm((signal) => child.kill(signal))
  // A terminal's Ctrl-C reaches the child by itself; a second one from here would look like impatience. What lives with
  // npm takes both for one, and must hear a SIGINT that npm alone received.
  process.on('SIGINT', () => isLivingWithNpm() && child.kill('SIGINT'))
  child.on('error', complain)
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
  return new Promise(() => {})
}

/**
 * Ends the program when the npm that started it is gone, whatever it died of. npm passes SIGINT and SIGTERM on, and no
 * other signal; the system tells nobody of a dead parent but by giving another one.
 */
function endWithNpm(end) {
  if (!isLivingWithNpm()) return
  const npm = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === npm) return
    clearInterval(watch)
    end('SIGTERM')
  }, LOOK_EVERY_MS)
  watch.unref()
}

function isLivingWithNpm() {
  return LIVING_WITH_NPM.includes(process.env.npm_lifecycle_event)
}

/**
 * What Node has made of each file, without its types, is there at the next start: half of that went into making it. It
 * lies where only those write who may write the programs themselves; where nobody may, everything is made again.
 */
function rememberCompiled() {
  module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)))
  // A process that is killed remembers nothing at its end.
  setTimeout(() => module.flushCompileCache(), FLUSH_AFTER_MS).unref()
}

function complain() {
  console.error(
    `Postkey needs Node ${NEEDED} or newer, and this is Node ${process.versions.node}. On Linux with glibc (x64, arm64) ` +
      '"npm ci" brings it along; everywhere else install it from https://nodejs.org and run the command again.',
  )
  process.exit(1)
}

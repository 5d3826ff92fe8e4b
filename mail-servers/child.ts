/** A server as a child in the foreground, which ends when we do, however we end. */
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A server that has not opened its port by then never will: a start takes 60 ms, on two busy cores seconds. */
const START_TIMEOUT_MS = 20_000

/** How long a server may take to end after SIGTERM; what is left then is killed. */
const GRACE_MS = 5_000

/**
 * Watches over the server. Its standard input is a pipe that only this process holds: when that closes, even by
 * SIGKILL, the server is asked to end and a second later killed. (The kernel's own way, PR_SET_PDEATHSIG, is forgotten when Dovecot changes
 * its group.) Only the master is asked, since one whose children ended before it waits for them for seconds; what is
 * left of the group after it is killed.
 */
const WATCH = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
trap 'kill -TERM $server' TERM
(cat <&3 >/dev/null; kill -TERM $server; sleep 1; kill -KILL 0) &
while kill -0 $server 2>/dev/null; do wait $server; done
kill -KILL 0
`

export interface ServerChild {
  /** SIGTERM, and resolves when it is gone. */
  stop(): Promise<void>
  /** SIGKILL to the server and its children, as a power cut; resolves when they are gone. */
  kill(): Promise<void>
}

/**
 * Starts `command` and resolves when each of its ports on loopback takes connections: a server opens one after the other.
 *
 * @param log what to tell of it when it does not start: the server's own words.
 * @param env environment variables in addition to those of this process.
 */
export async function startChild(
  command: string,
  args: readonly string[],
  ports: readonly number[],
  log: () => string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerChild> {
  const child = spawn('/bin/sh', ['-c', WATCH, 'watch', command, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    // A process group of its own, so that no process of a session outlives the server and holds on to its folder.
    detached: true,
  })
  let printed = ''
  const keep = (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-8_000))
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)

  const state = { exited: false }
  const gone = new Promise<void>((resolve) => {
    child.on('exit', () => {
      state.exited = true
      resolve()
    })
  })
  const killAll = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // Nobody is left.
    }
  }

  function isAnyLeft(): boolean {
    try {
      return process.kill(-child.pid!, 0)
    } catch {
      return false
    }
  }

  async function stop(): Promise<void> {
    child.kill('SIGTERM')
    const killing = setTimeout(killAll, GRACE_MS)
    await gone
    // The program that a launcher started may end after it, and would refuse the next start.
    const deadline = performance.now() + GRACE_MS + 1000
    while (isAnyLeft() && performance.now() < deadline) await delay(10)
    clearTimeout(killing)
    closePipes()
  }

  async function kill(): Promise<void> {
    killAll()
    await gone
    // Its children die a moment later than the first process, and until then they take connections.
    while (await anyTakesConnections(ports)) await delay(10)
    closePipes()
  }

  function closePipes(): void {
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy()
  }

  const deadline = performance.now() + START_TIMEOUT_MS
  while (!(await allTakeConnections(ports))) {
    if (state.exited || performance.now() > deadline) {
      const how = state.exited
        ? 'ended at once'
        : `did not listen at ${ports.join(', ')} within ${START_TIMEOUT_MS / 1000} s`
      await stop()
      throw new Error(`${command} ${how}:\n${printed}${log()}`)
    }
    await delay(10)
  }
  return { stop, kill }
}

async function allTakeConnections(ports: readonly number[]): Promise<boolean> {
  for (const port of ports) if (!(await takesConnections(port))) return false
  return true
}

async function anyTakesConnections(ports: readonly number[]): Promise<boolean> {
  for (const port of ports) if (await takesConnections(port)) return true
  return false
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

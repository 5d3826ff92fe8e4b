/** Mail server as a child process in the foreground. It ends with its parent, even when the parent is killed. */
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Maximum time until a server has opened its port. A start takes 60 ms, and a few seconds on two busy cores. */
const START_TIMEOUT_MS = 60_000

/** Time that a server has to end after SIGTERM; its remaining processes are then killed. */
const GRACE_MS = 5_000

/**
 * Watches the server. Its standard input is a pipe that only this process holds. When the pipe closes, even after
 * SIGKILL, it sends the server SIGTERM, and SIGKILL a second later. (The kernel's PR_SET_PDEATHSIG is lost when Dovecot
 * changes its group.) SIGTERM goes only to the master: a master whose children ended first waits for them for seconds.
 * The remaining processes of the group are then killed.
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
  /** Sends SIGTERM and resolves when the server has ended. */
  stop(): Promise<void>
  /** Sends SIGKILL to the server and its children, like a power cut. Resolves when they have ended. */
  kill(): Promise<void>
}

/**
 * Starts `command` and resolves when each of its ports on loopback accepts connections: a server opens them one by one.
 *
 * @param log returns the server's own log, for the error when it does not start
 * @param env environment variables in addition to those of this process
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
    // A separate process group, so that no session process outlives the server and keeps its folder open.
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
      // No process is left.
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
    // The program that a launcher started may end after the launcher, and would block the next start.
    const deadline = performance.now() + GRACE_MS + 1000
    while (isAnyLeft() && performance.now() < deadline) await delay(10)
    clearTimeout(killing)
    closePipes()
  }

  async function kill(): Promise<void> {
    killAll()
    await gone
    // The children end a moment later than the first process and accept connections until then.
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

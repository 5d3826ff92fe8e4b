/** Loaded before every integration and end-to-end test: they may talk to this machine and to nobody else. */
import { guardSockets, isLoopback } from './guard-sockets.ts'

guardSockets(({ host, port }) =>
  isLoopback(host) ? undefined : `A test tried to connect to ${host}:${port}; tests stay on this machine.`,
)

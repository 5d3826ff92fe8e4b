/** Loaded before every unit test: unit tests use no sockets, which keeps them quick and deterministic. */
import { guardSockets } from './guard-sockets.ts'

guardSockets(
  ({ host, port }) =>
    `A unit test tried to connect to ${host}:${port}. What needs a socket is called *.integration.test.ts.`,
)

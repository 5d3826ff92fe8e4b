/**
 * Loaded before a program that must not outlive the one that started it (`node --import …`): standard input is a pipe
 * from the parent, and the system closes it whatever the parent dies of.
 */
const end = () => process.kill(process.pid, 'SIGTERM')
process.stdin.once('end', end).once('error', end).resume()

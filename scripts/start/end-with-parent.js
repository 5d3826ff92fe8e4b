/**
 * Loaded before a program that must not outlive the one that started it (`node --import …`): standard input is a pipe
 * from the parent, and the system closes it whatever the parent dies of. Unreferenced, as it must not keep a program
 * alive that has nothing to do any more, such as after a failed start.
 */
const end = () => process.kill(process.pid, 'SIGTERM')
process.stdin.once('end', end).once('error', end).resume().unref?.()

#!/usr/bin/env node
/** Checks the version of Node first: older ones lack `node:sqlite`, and would only say so. */
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(
    `postkey-sandbox needs Node 22.13 or newer, and this is Node ${process.versions.node}. ` +
      'Install a newer one from https://nodejs.org and run the command again.',
  )
  process.exitCode = 1
} else {
  await import('../dist/command.js')
}

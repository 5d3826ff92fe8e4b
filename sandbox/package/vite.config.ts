/** Bundles the sandbox with all its packages, so that an installation needs no other package. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

const HERE = import.meta.dirname
const OLDEST_NODE = 'node22'

export default defineConfig({
  root: HERE,
  plugins: [bundledFiles()],
  build: {
    ssr: true,
    target: OLDEST_NODE,
    // Readable stack traces matter more than size.
    minify: false,
    rolldownOptions: {
      input: { index: join(HERE, 'index.ts'), command: join(HERE, 'command.ts') },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
  ssr: { noExternal: true },
})

/** Writes `bundled-files.json`: the source files in the bundle, from which the build takes the licenses. */
function bundledFiles(): Plugin {
  return {
    name: 'postkey-bundled-files',
    writeBundle({ dir }, bundle) {
      const files = Object.values(bundle).flatMap((each) => (each.type === 'chunk' ? each.moduleIds : []))
      writeFileSync(join(dir!, 'bundled-files.json'), JSON.stringify([...new Set(files)].sort()))
    },
  }
}

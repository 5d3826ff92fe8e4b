import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { apiReferenceFiles } from './api-reference.ts'

/** The server serves the build, so that there is one address, one set of cookies and no proxy. */
export default defineConfig({
  plugins: [react(), earlyScript('src/early.ts'), apiReference()],
  build: {
    outDir: 'dist',
    sourcemap: false,
    // Names the files that each page loads: `scripts/start/inbox-size.integration.test.ts` adds them up.
    manifest: true,
    // All assets are files: the page's policy allows no data URLs in scripts, styles or fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      // The packages of the first page are one file: many small ones are compressed badly and are a request each.
      output: { codeSplitting: { groups: [{ name: 'packages', tags: ['$initial'], test: /node_modules/ }] } },
      // Texts have no effects, so those of a page are loaded with its code, and not all texts with each page.
      treeshake: { moduleSideEffects: (id) => !id.includes('/src/words/') },
    },
  },
})

/**
 * Loads a module before all others, and runs it without waiting for them. It must not share code with them: a shared file
 * would be loaded first.
 */
function earlyScript(file: string): Plugin {
  return {
    name: 'postkey-early-script',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'chunk', id: file, preserveSignature: false })
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        // The file with the module itself, which the others import, too; the one named by its entry only imports it.
        const chunk = Object.values(bundle ?? {}).find(
          (each) => each.type === 'chunk' && each.moduleIds.some((id) => id.endsWith(file)),
        )
        if (!chunk) throw new Error(`${file} is not a file of the build`)
        const attrs = { type: 'module', async: true, crossorigin: true, src: `/${chunk.fileName}` }
        return [{ tag: 'script', attrs, injectTo: 'head-prepend' }]
      },
    },
  }
}

/** Adds the page at `/docs`, also to the builds of `npm run dev`. */
function apiReference(): Plugin {
  return {
    name: 'postkey-api-reference',
    apply: 'build',
    async generateBundle() {
      for (const file of await apiReferenceFiles()) this.emitFile({ type: 'asset', ...file })
    },
  }
}

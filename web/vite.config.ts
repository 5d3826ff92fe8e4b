import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The server serves the build, so that there is one address, one set of cookies and no proxy. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist',
    sourcemap: false,
    // Names the files that each page loads: `scripts/start/inbox-size.integration.test.ts` adds them up.
    manifest: true,
    // All assets are files: the page's policy allows no data URLs in scripts, styles or fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      // Texts have no effects, so those of a page are loaded with its code, and not all texts with each page.
      treeshake: { moduleSideEffects: (id) => !id.includes('/src/words/') },
    },
  },
})

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The server serves what is built here, so that there is one address, one set of cookies and no proxy. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist',
    sourcemap: false,
    // Everything from a file of its own: the policy of the page allows no data in scripts, styles or fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
})

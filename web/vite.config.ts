import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The server serves the build, so that there is one address, one set of cookies and no proxy. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist',
    sourcemap: false,
    // All assets are files: the page's policy allows no data URLs in scripts, styles or fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
})

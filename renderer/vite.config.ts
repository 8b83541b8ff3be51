import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { buildPinyinTable } from './keyboard/build-pinyin-table.ts';

const PINYIN = 'virtual:pinyin-table';

/** The page is served by the core under a strict policy: no inline script or style, nothing from elsewhere. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [
    react(),
    {
      name: 'pinyin-table',
      resolveId: (id) => (id === PINYIN ? `\0${PINYIN}` : undefined),
      load: (id) =>
        id === `\0${PINYIN}`
          ? `export const pinyinTable = ${JSON.stringify(buildPinyinTable())};`
          : undefined,
    },
  ],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome120',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
});

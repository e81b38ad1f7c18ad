// Zod would compile its checks; our content policy forbids code from text. This runs before any module.
globalThis.__zod_globalConfig = { jitless: true }

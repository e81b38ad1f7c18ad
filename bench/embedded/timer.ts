import { renameSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

// Loaded before the program (`--import`): a timer of 1 ms, how late it is each time, and once a second what was counted so far:
// an array whose element n says how often it was n ms late.
const file = process.env.MUSTER_BENCH_TIMER
if (isMainThread && file !== undefined) {
  const counts = new Uint32Array(60_001)
  let due = performance.now() + 1
  let saveAt = 0
  const tick = () => {
    const now = performance.now()
    const late = Math.min(60_000, Math.max(0, Math.round(now - due)))
    counts[late]! += 1
    if (now > saveAt) {
      saveAt = now + 1000
      // Whoever reads it meanwhile finds the one before.
      writeFileSync(`${file}.next`, JSON.stringify([...counts.entries()].filter(([, count]) => count > 0)))
      renameSync(`${file}.next`, file)
    }
    due = performance.now() + 1
    setTimeout(tick, 1).unref()
  }
  setTimeout(tick, 1).unref()
}

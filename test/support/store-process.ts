// A process that uses an embedded store, started by tests: node test/support/store-process.ts <data dir>
// Says `{ role }` when it has opened it, then writes audit entries one after the other and says `{ written }` for each one
// that was acknowledged. Told 'role', it says its role; told 'close', it closes the store and ends.
import { systemClock } from '../../src/platform/clock.ts'
import { openStore } from '../../src/storage/store.ts'

export type StoreProcessSays =
  | { readonly role: string | undefined }
  | { readonly written: number }
  | { readonly refused: string }
  | { readonly staying: number }

const say = (message: StoreProcessSays) => process.send?.(message)

const store = await openStore({
  dataDir: process.argv[2] ?? '',
  stayMs: Number(process.argv[3] ?? 200),
  onStaying: (staying) => say({ staying }),
})
let open = true
process.on('message', (order) => {
  if (order === 'role') say({ role: store.role })
  if (order === 'close') open = false
})
process.on('disconnect', () => process.exit(1))
say({ role: store.role })

for (let number = 1; open; number += 1) {
  try {
    await store.audit.append({
      at: systemClock.now(),
      actor: `pid:${process.pid}`,
      act: 'write',
      subject: String(number),
    })
    say({ written: number })
  } catch (error) {
    const { code } = error as { readonly code: string }
    say({ refused: code })
    if (code !== 'store-unavailable') throw error
  }
  await systemClock.sleep(5)
}
await store.close()
process.disconnect()

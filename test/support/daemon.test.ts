import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it('servers and folders of a test go away when its process is killed', async () => {
  const script = `
    import { Den } from '${new URL('daemon.ts', import.meta.url)}'
    const den = new Den('daemon-test')
    console.log(JSON.stringify({ folder: den.folder, pid: den.start('sleep', 'sleep', ['600']).pid }))
  `
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(owner.stdout, 'data')
  const { folder, pid } = JSON.parse(String(line)) as { folder: string; pid: number }
  expect([existsSync(folder), isRunning(pid)]).toEqual([true, true])
  owner.kill('SIGKILL')
  for (let attempt = 0; attempt < 1200 && (existsSync(folder) || isRunning(pid)); attempt++) await pause(50)
  expect([existsSync(folder), isRunning(pid)]).toEqual([false, false])
})

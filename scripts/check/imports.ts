import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { toolEnvironment } from './tools.ts'

interface Violation {
  readonly rule: string
  readonly from: string
  readonly to: string
}

/** The parts of dependency-cruiser's JSON report that we read. */
interface CruiseReport {
  readonly modules: readonly { readonly source: string; readonly dependencies: readonly unknown[] }[]
  readonly summary: {
    readonly violations: readonly {
      readonly from: string
      readonly to: string
      readonly rule: { readonly name: string }
    }[]
  }
}

const timeoutMs = 120_000
const reportLimitBytes = 256 * 1024 * 1024

/** Result of one look at all imports. */
interface ImportCheck {
  readonly violations: readonly Violation[]
  /** TypeScript files below src. */
  readonly files: number
  /**
   * Files the checker did not read, which makes the whole result worthless: without its TypeScript parser it looks at no
   * file at all and reports no violation.
   */
  readonly unread: readonly string[]
}

/** Checks `src` of a copy of the repository. */
export async function checkImports(root: string): Promise<ImportCheck> {
  const report = await cruise(root)
  const imports = new Map(report.modules.map(({ source, dependencies }) => [source, dependencies.length]))
  const files = typeScriptFiles(root)
  return {
    violations: report.summary.violations.map(({ from, to, rule }) => ({ rule: rule.name, from, to })),
    files: files.length,
    unread: files.filter((file) => {
      const found = imports.get(file)
      return found === undefined || (found === 0 && importsSomething(readFileSync(join(root, file), 'utf8')))
    }),
  }
}

function importsSomething(text: string): boolean {
  return /^(import|export) [^'"]*from '|^import '/m.test(text)
}

function cruise(root: string): Promise<CruiseReport> {
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src']
  return new Promise((resolve, reject) => {
    execFile(
      'depcruise',
      args,
      { cwd: root, env: toolEnvironment(root), maxBuffer: reportLimitBytes, timeout: timeoutMs },
      (error, stdout, stderr) => {
        // Violations are an exit code too; only a report that cannot be read is a failure of the tool.
        try {
          resolve(JSON.parse(stdout) as CruiseReport)
        } catch {
          reject(new Error(`dependency-cruiser gave no report: ${stderr || error?.message || stdout.slice(0, 500)}`))
        }
      },
    )
  })
}

/** Paths relative to the root, with forward slashes. */
function typeScriptFiles(root: string): readonly string[] {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
}

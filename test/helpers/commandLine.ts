import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { until } from './until.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** On a machine that may be busy. */
const startMs = 30_000;

export interface Ended {
  /** null = ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly pid: number | undefined;
  stdout(): string;
  stderr(): string;
  /** The first group of the pattern, as soon as standard output has it. */
  printed(pattern: RegExp): Promise<string>;
  signal(name: NodeJS.Signals): void;
  /** Ends it, by SIGTERM unless told otherwise, and waits for that. */
  end(signal?: NodeJS.Signals): Promise<Ended>;
  readonly ended: Promise<Ended>;
}

/** Starts the bundled src/cli.ts as a process of its own. Its environment is what is given and nothing else. */
export function startCommand(args: readonly string[], environment: Record<string, string> = {}): RunningCommand {
  const child = spawn(process.execPath, ['dist/cli.js', ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  let over = false;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject).once('close', (code) => {
      over = true;
      resolve({ code, stdout, stderr });
    });
  });
  return {
    pid: child.pid,
    stdout: () => stdout,
    stderr: () => stderr,
    async printed(pattern) {
      await until(() => over || pattern.test(stdout), `${args[0]} prints ${pattern}`, startMs);
      const found = pattern.exec(stdout)?.[1];
      if (found === undefined) throw new Error(`${args.join(' ')} ended without printing ${pattern}: ${stderr}`);
      return found;
    },
    signal: (name) => void child.kill(name),
    end(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
    ended,
  };
}

/** Runs it to its end. */
export function runCommand(args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  return startCommand(args, environment).ended;
}

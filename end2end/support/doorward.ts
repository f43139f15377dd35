// One running Doorward: the real program, in a folder and on a port of its own.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Mailbox } from './mailbox';

export type Database = 'sqlite' | 'postgres';

const root = resolve(__dirname, '../..');
const binary = resolve(
  root,
  process.env.DOORWARD_BINARY ?? join(process.env.CARGO_TARGET_DIR ?? 'target', 'debug/doorward'),
);

/** All tests come from one address, and some try what a person tries once a year. */
const ampleLimits = {
  DOORWARD__LIMITS__FREE_TRIES: '1000',
  DOORWARD__LIMITS__NETWORK_FAILURES: '100000',
  DOORWARD__LIMITS__FAILURES_IN_ALL: '100000',
  DOORWARD__LIMITS__MAILS_PER_ADDRESS: '100000',
  DOORWARD__LIMITS__MAILS_PER_NETWORK: '100000',
  DOORWARD__LIMITS__MAILS_IN_ALL: '100000',
  DOORWARD__LIMITS__PROVIDER_STARTS: '100000',
};

export class Doorward {
  readonly mailbox: Mailbox;
  private process?: ChildProcess;

  private constructor(
    readonly url: string,
    readonly dataDir: string,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly databaseName: string | undefined,
    /** What goes before every command: the configuration, where it is another than the repository's. */
    private readonly configuration: string[],
  ) {
    this.mailbox = new Mailbox(join(dataDir, 'mail'), url);
  }

  /** Starts one on a free port and waits until it is ready for visitors. */
  static async start(database: Database, settings: Record<string, string> = {}, file?: string): Promise<Doorward> {
    const dataDir = mkdtempSync(join(tmpdir(), 'doorward-e2e-'));
    const databaseName = database === 'postgres' ? createDatabase() : undefined;
    const configuration = file ? ['--config', join(dataDir, 'Leptos.toml')] : [];
    if (file) writeFileSync(join(dataDir, 'Leptos.toml'), file);
    // Between finding a free port and listening on it, another program may take it.
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      const environment = {
        ...withoutDoorward(process.env),
        DOORWARD__SERVER__ADDR: `127.0.0.1:${port}`,
        DOORWARD__SERVER__PUBLIC_URL: `http://localhost:${port}`,
        DOORWARD__SERVER__DATA_DIR: dataDir,
        ...ampleLimits,
        ...(databaseName && { DOORWARD__DATABASE__URL: databaseUrl(databaseName) }),
        ...settings,
      };
      const server = new Doorward(`http://localhost:${port}`, dataDir, environment, databaseName, configuration);
      try {
        await server.run(port);
        return server;
      } catch (problem) {
        if (attempt < 3) continue;
        rmSync(dataDir, { recursive: true, force: true });
        throw problem;
      }
    }
  }

  private async run(port: number): Promise<void> {
    const log = openSync(join(this.dataDir, 'server.log'), 'a');
    this.process = spawn(binary, [...this.configuration, 'serve'], { cwd: root, env: this.environment, stdio: ['ignore', log, log] });
    closeSync(log);
    let failure: Error | undefined;
    this.process.once('error', (error) => (failure = error));
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline) {
      if (failure) throw new Error(`${binary} does not start; \`cargo leptos build\` makes it`, { cause: failure });
      if (this.process.exitCode !== null) throw new Error(`${binary} ended at its start:\n${this.log()}`);
      const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
      if (ready?.ok) return;
      await sleep(50);
    }
    this.process.kill('SIGKILL');
    throw new Error(`${binary} was not ready within 30 s:\n${this.log()}`);
  }

  /** Starts it again on its data, with these settings over its own. */
  async restart(settings: Record<string, string>): Promise<void> {
    await this.end();
    Object.assign(this.environment, settings);
    await this.run(Number(new URL(this.url).port));
  }

  /** Ends it as an operator would, and fails if it does not end well or has panicked. */
  async stop(): Promise<void> {
    const server = this.process;
    if (!server) return;
    await this.end();
    const log = this.log();
    rmSync(this.dataDir, { recursive: true, force: true });
    this.loseDatabase();
    if (server.exitCode !== 0) throw new Error(`doorward ended with ${server.exitCode ?? server.signalCode}:\n${log}`);
    if (log.includes('panicked at')) throw new Error(`doorward panicked:\n${log}`);
  }

  private async end(): Promise<void> {
    const server = this.process;
    if (!server || server.exitCode !== null) return;
    const ended = new Promise<void>((done) => server.once('exit', () => done()));
    server.kill('SIGTERM');
    const inTime = await Promise.race([ended.then(() => true), sleep(15_000, false, { ref: false })]);
    if (!inTime) server.kill('SIGKILL');
    await ended;
  }

  /** Takes its PostgreSQL database away, connections and all. */
  loseDatabase(): void {
    if (this.databaseName) psql(`drop database if exists ${this.databaseName} with (force)`);
  }

  /** What the server has written so far. */
  log(): string {
    return readFileSync(join(this.dataDir, 'server.log'), 'utf8');
  }

  /** The way to the first admin, as the operator reads it. */
  setUpLink(): string {
    const words = readFileSync(join(this.dataDir, 'set-up-link.txt'), 'utf8').split(/\s+/);
    const link = words.find((word) => word.startsWith(`${this.url}/set-up`));
    if (!link) throw new Error('set-up-link.txt holds no link');
    return link;
  }

  /** Runs `doorward ARGUMENTS` against the same database, with `input` as its standard input. */
  command(commandArguments: string[], input = ''): string {
    const all = [...this.configuration, ...commandArguments];
    return execFileSync(binary, all, { cwd: root, env: this.environment, input, encoding: 'utf8' });
  }
}

function withoutDoorward(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('DOORWARD__')));
}

export function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? found(address.port) : failed(new Error('no port'))));
    });
  });
}

function createDatabase(): string {
  const name = `doorward_e2e_${randomBytes(6).toString('hex')}`;
  psql(`create database ${name}`);
  return name;
}

function databaseUrl(name: string): string {
  const url = new URL(postgres());
  url.pathname = `/${name}`;
  return url.href;
}

function psql(statement: string): void {
  execFileSync('psql', [postgres(), '--quiet', '--no-psqlrc', '--set', 'ON_ERROR_STOP=1', '--command', statement]);
}

function postgres(): string {
  const url = process.env.DOORWARD_TEST_POSTGRES_URL;
  if (!url) throw new Error('DOORWARD_TEST_POSTGRES_URL is not set: run this through script/postgres');
  return url;
}

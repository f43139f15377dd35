// The reverse proxies of docs/forward-auth.md in front of its Flask app, and the site of docs/guides/static-caddy.md: the very files that
// are shown there, with other ports and names.
import type { Browser } from '@playwright/test';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type Doorward } from './doorward';
import { python } from './peers';

export const proxies = ['nginx', 'caddy', 'haproxy'] as const;
export type Proxy = (typeof proxies)[number];

const docs = resolve(__dirname, '../../docs');
const guide = resolve(docs, 'forward-auth');

/**
 * By Python's own server, which takes `Remote_User` for `Remote-User`, as many do: Flask's drops what has an underscore, and a proxy
 * that let it pass would not show.
 */
const serve = `
import sys
from wsgiref.simple_server import make_server
sys.path.insert(0, sys.argv[1])
from app import app
make_server("127.0.0.1", int(sys.argv[2]), app).serve_forever()
`;

/** The host of the app: a browser asks no name server for it. */
export const HOST = 'app.localhost';

/** What Leptos.toml has for it, without what the tests set otherwise. */
export const configuration = adapted('forward-auth/doorward.toml', [
  ['public_url = "https://id.example.org"\n', ''],
  ['app.example.org', HOST],
]);
export const siteConfiguration = adapted('guides/static-caddy/doorward.toml', [
  ['public_url = "https://id.example.org"\n', ''],
  ['www.example.org', HOST],
]);

/** The app, with a proxy in front that asks `doorward`. */
export class App {
  private constructor(
    readonly url: string,
    readonly port: number,
    private readonly folder: string,
    private readonly programs: ChildProcess[],
  ) {}

  static behind(proxy: Proxy, doorward: Doorward): Promise<App> {
    return App.begin(async (app) => {
      const appPort = await freePort();
      app.start(python, ['-c', serve, guide, String(appPort)], { PYTHONDONTWRITEBYTECODE: '1' });
      start[proxy](app, app.folder, [
        ['app.example.org', HOST],
        ['127.0.0.1:3000', new URL(doorward.url).host.replace('localhost', '127.0.0.1')],
        ['127.0.0.1:5000', `127.0.0.1:${appPort}`],
      ]);
      await app.isThere(appPort);
    });
  }

  /** No program at all, but files. */
  static site(doorward: Doorward): Promise<App> {
    return App.begin(async (app) => {
      caddy(app, app.folder, 'guides/static-caddy/Caddyfile', [
        ['www.example.org', HOST],
        ['127.0.0.1:3000', new URL(doorward.url).host.replace('localhost', '127.0.0.1')],
        ['/srv/www', resolve(docs, 'guides/static-caddy/site')],
      ]);
    });
  }

  private static async begin(run: (app: App) => Promise<void>): Promise<App> {
    const port = await freePort();
    const app = new App(`https://${HOST}:${port}`, port, mkdtempSync(join(tmpdir(), 'doorward-app-')), []);
    try {
      certificate(app.folder);
      await run(app);
      await app.isThere(port);
      return app;
    } catch (problem) {
      await app.stop();
      throw problem;
    }
  }

  start(program: string, programArguments: string[], environment: Record<string, string> = {}): void {
    const known = [`/usr/sbin/${program}`, `/usr/bin/${program}`].find(existsSync) ?? program;
    const started = spawn(known, programArguments, { cwd: this.folder, env: { ...process.env, HOME: this.folder, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    started.on('error', (error) => (this.said += `${program}: ${error.message}; script/bootstrap installs it\n`));
    for (const stream of [started.stdout, started.stderr]) stream.on('data', (data) => (this.said += data));
    this.programs.push(started);
  }

  /** What its programs wrote. */
  said = '';

  private async isThere(port: number): Promise<void> {
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(50)) {
      const open = await new Promise<boolean>((done) => {
        const socket = connect(port, '127.0.0.1', () => (socket.destroy(), done(true)));
        socket.once('error', () => done(false));
      });
      if (open) return;
      if (this.programs.some(({ exitCode }) => exitCode !== null)) break;
    }
    throw new Error(`nobody listens on ${port}:\n${this.said}`);
  }

  /** With `browser`, after its pages: one that still asks for its icon would be answered 502 by the proxy. */
  async stop(browser?: Browser): Promise<void> {
    const pages = (browser?.contexts() ?? []).flatMap((context) => context.pages());
    await Promise.all(pages.map((page) => page.close()));
    for (const program of this.programs) {
      if (program.exitCode !== null || program.pid === undefined) continue;
      const ended = new Promise((done) => program.once('exit', done));
      program.kill('SIGTERM');
      await Promise.race([ended, sleep(5000, undefined, { ref: false })]);
      if (program.exitCode === null) program.kill('SIGKILL');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Sends a request as it stands, byte for byte, and gives the answer's status and body: what no browser would send. */
  raw(target: string, headers: string[] = [], method = 'GET', host = `${HOST}:${this.port}`): { status: number; body: string } {
    const request = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers, '', ''].join('\r\n');
    const client = ['s_client', '-quiet', '-connect', `127.0.0.1:${this.port}`, '-servername', HOST];
    const answer = execFileSync('openssl', client, { input: request, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
    const [head, ...body] = answer.split('\r\n\r\n');
    return { status: Number(head.split(' ')[1]), body: body.join('\r\n\r\n') };
  }
}

type Replacements = [string, string][];

const start: Record<Proxy, (app: App, folder: string, replacements: Replacements) => void> = {
  nginx(app, folder, replacements) {
    const site = adapted('forward-auth/nginx.conf', [
      ...replacements,
      ['listen 443 ssl', `listen 127.0.0.1:${app.port} ssl`],
      ['/etc/ssl/app.localhost.pem', join(folder, 'app.pem')],
      ['/etc/ssl/app.localhost.key', join(folder, 'app.key')],
    ]);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${join(folder, kind)};`);
    const user = process.getuid?.() === 0 ? 'user root;' : '';
    const lines = [user, 'daemon off;', 'error_log stderr;', `pid ${join(folder, 'nginx.pid')};`, 'events {}'];
    write(folder, 'site.conf', site);
    write(folder, 'nginx.conf', [...lines, 'http {', 'access_log off;', ...temporary, `include ${join(folder, 'site.conf')};`, '}'].join('\n'));
    app.start('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr']);
  },

  caddy: (app, folder, replacements) => caddy(app, folder, 'forward-auth/Caddyfile', replacements),

  haproxy(app, folder, replacements) {
    const [, toDoorward, toApp] = replacements;
    write(folder, 'doorward.lua', adapted('forward-auth/doorward.lua', [toDoorward]));
    write(folder, 'both.pem', ['app.pem', 'app.key'].map((file) => readFileSync(join(folder, file), 'utf8')).join(''));
    const site = adapted('forward-auth/haproxy.cfg', [
      ['/etc/haproxy/doorward.lua', join(folder, 'doorward.lua')],
      ['/etc/ssl/app.example.org.both.pem', join(folder, 'both.pem')],
      ['app.example.org', HOST],
      ['bind :443', `bind 127.0.0.1:${app.port}`],
      toApp,
    ]);
    write(folder, 'haproxy.cfg', site);
    app.start('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')]);
  },
};

function caddy(app: App, folder: string, file: string, replacements: Replacements): void {
  const site = adapted(file, [
    ...replacements,
    ['\napp.localhost {', `\napp.localhost:${app.port} {`],
    ['/etc/ssl/app.localhost.pem', join(folder, 'app.pem')],
    ['/etc/ssl/app.localhost.key', join(folder, 'app.key')],
  ]);
  write(folder, 'Caddyfile', `{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n}\n${site}`);
  app.start('caddy', ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'], {
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  });
}

/** A file of the guides with each of `replacements` made; each must be there to be made. */
function adapted(file: string, replacements: Replacements): string {
  return replacements.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`docs/${file} has no ${from}`);
    return text.replaceAll(from, to);
  }, readFileSync(join(docs, file), 'utf8'));
}

function write(folder: string, file: string, text: string): void {
  writeFileSync(join(folder, file), text, { mode: 0o600 });
}

function certificate(folder: string): void {
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${HOST}`];
  const files = ['-addext', `subjectAltName=DNS:${HOST}`, '-keyout', join(folder, 'app.key'), '-out', join(folder, 'app.pem')];
  execFileSync('openssl', [...made, ...files], { stdio: 'ignore' });
}

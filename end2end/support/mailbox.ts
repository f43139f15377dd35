// The letters Doorward wrote: with `mail.transport = "file"`, one `.eml` file each.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Letter {
  file: string;
  to: string;
  subject: string;
  /** The plain-text part, decoded. */
  text: string;
  /** The first address in it that leads to this server; fails if there is none. */
  link: string;
}

export class Mailbox {
  private readonly read = new Set<string>();

  constructor(
    private readonly folder: string,
    private readonly publicUrl: string,
  ) {}

  /** The oldest letter to `address` that was not given out yet, of those whose link leads to `page`; waits for it. */
  async next(address: string, page = '/'): Promise<Letter> {
    const deadline = Date.now() + 15_000;
    while (Date.now() < deadline) {
      const leads = ({ link }: Letter) => link.startsWith(`${this.publicUrl}${page}`);
      const letter = this.letters(address).find((letter) => !this.read.has(letter.file) && leads(letter));
      if (letter) {
        this.read.add(letter.file);
        return letter;
      }
      await sleep(50);
    }
    throw new Error(`no new letter to ${address} in ${this.folder} within 15 s`);
  }

  /** All letters to `address` that are there now, oldest first. */
  letters(address: string): Letter[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.eml'))
      .map((name) => join(this.folder, name))
      .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs || a.localeCompare(b))
      .map((file) => this.parse(file))
      .filter((letter) => letter.to.toLowerCase().includes(address.toLowerCase()));
  }

  private parse(file: string): Letter {
    const message = readFileSync(file, 'latin1').replaceAll('\r\n', '\n');
    const [headers, body] = split(message);
    const text = plainText(headers, body);
    const publicUrl = this.publicUrl;
    return {
      file,
      to: headers.get('to') ?? '',
      subject: headers.get('subject') ?? '',
      text,
      get link() {
        const found = text.split(/[\s<>"]+/).find((word) => word.startsWith(`${publicUrl}/`));
        if (!found) throw new Error(`no link to ${publicUrl} in:\n${text}`);
        return found;
      },
    };
  }
}

type Headers = Map<string, string>;

function split(message: string): [Headers, string] {
  const end = message.indexOf('\n\n');
  const head = message.slice(0, end).replaceAll(/\n[ \t]+/g, ' ');
  const headers: Headers = new Map();
  for (const line of head.split('\n')) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return [headers, message.slice(end + 2)];
}

function plainText(headers: Headers, body: string): string {
  const type = headers.get('content-type') ?? 'text/plain';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary) {
    const parts = body.split(`--${boundary}`).slice(1, -1);
    const texts = parts.map((part) => plainText(...split(part.replace(/^\n/, ''))));
    return texts.find((text) => text !== '') ?? '';
  }
  if (!type.toLowerCase().startsWith('text/plain')) return '';
  return decode(body, headers.get('content-transfer-encoding') ?? '7bit');
}

function decode(body: string, encoding: string): string {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8');
    case 'quoted-printable':
      return Buffer.from(
        body
          .replaceAll(/=[ \t]*\n/g, '')
          .replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
        'latin1',
      ).toString('utf8');
    default:
      return Buffer.from(body, 'latin1').toString('utf8');
  }
}

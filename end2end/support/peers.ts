// What other people wrote and our users use: three generators of codes, and a reader of QR codes. One that is missing fails the test.
import { parse } from '@otplib/uri';
import type { BrowserContext } from '@playwright/test';
import jsQR from 'jsqr';
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { generate } from 'otplib';

/** Makes the code of an app that was given our `otpauth:` link, `ahead` seconds from now. */
export type Generator = (link: string, ahead?: number) => Promise<string>;

export const target = resolve(__dirname, '../..', process.env.CARGO_TARGET_DIR ?? 'target');
// script/bootstrap makes it.
export const python = resolve(target, 'interop/bin/python');

const seconds = (ahead: number): number => Math.floor(Date.now() / 1000) + ahead;

/** https://github.com/yeojz/otplib */
const otplib: Generator = async (link, ahead = 0) => {
  const { secret, algorithm, digits, period } = parse(link).params;
  return generate({ secret, algorithm, digits, period, epoch: seconds(ahead) });
};

/** https://github.com/pyauth/pyotp, which reads the link by itself */
const pyotp: Generator = async (link, ahead = 0) => {
  const program = 'import sys, pyotp; print(pyotp.parse_uri(sys.argv[1]).at(int(sys.argv[2])))';
  return run(python, ['-c', program, link, String(seconds(ahead))]);
};

/** https://www.nongnu.org/oath-toolkit */
const oathtool: Generator = async (link, ahead = 0) => {
  const values = new URL(link).searchParams;
  return run('oathtool', [
    `--totp=${values.get('algorithm') ?? 'SHA1'}`,
    '--base32',
    `--digits=${values.get('digits') ?? '6'}`,
    `--time-step-size=${values.get('period') ?? '30'}s`,
    `--now=@${seconds(ahead)}`,
    values.get('secret')!,
  ]);
};

export const generators: Record<string, Generator> = { otplib, pyotp, oathtool };

function run(program: string, programArguments: string[]): string {
  return execFileSync(program, programArguments, { encoding: 'utf8' }).trim();
}

/** What jsQR (https://github.com/cozmo/jsQR) reads in a picture, which the browser unpacks for it. */
export async function readQrCode(context: BrowserContext, png: Buffer): Promise<string | undefined> {
  // A blank page: ours let no script in.
  const page = await context.newPage();
  const { width, height, pixels } = await page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
    canvas.drawImage(image, 0, 0);
    const { data: bytes } = canvas.getImageData(0, 0, image.width, image.height);
    return { width: image.width, height: image.height, pixels: Array.from(bytes) };
  }, png.toString('base64'));
  await page.close();
  return jsQR(new Uint8ClampedArray(pixels), width, height, { inversionAttempts: 'dontInvert' })?.data;
}

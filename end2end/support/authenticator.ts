// An authenticator that Chromium plays itself: real WebAuthn in the page, no key to touch.
import type { CDPSession, Page } from '@playwright/test';

export class Authenticator {
  private constructor(
    private readonly session: CDPSession,
    private readonly authenticatorId: string,
  ) {}

  /** One that is always touched and always verifies its user: built in, as a laptop's, or a key that is plugged in. */
  static async in(page: Page, transport: 'internal' | 'usb' = 'internal'): Promise<Authenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable', { enableUI: false });
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport,
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new Authenticator(session, authenticatorId);
  }

  /** Nobody touches it, or somebody does. */
  async touched(enabled: boolean): Promise<void> {
    await this.session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: this.authenticatorId, enabled });
  }

  /** Whether the finger is the right one. */
  async verified(isUserVerified: boolean): Promise<void> {
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId: this.authenticatorId, isUserVerified });
  }

  /** Its owner deleted what it held, as a password manager lets them. */
  async empty(): Promise<void> {
    await this.session.send('WebAuthn.clearCredentials', { authenticatorId: this.authenticatorId });
  }

  /** It is lost. */
  async remove(): Promise<void> {
    await this.session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: this.authenticatorId });
  }

  async count(): Promise<number> {
    return (await this.credentials()).length;
  }

  /** Puts the counter of signatures of each passkey back, as a copy of it would have it. */
  async rewind(signCount: number): Promise<void> {
    for (const credential of await this.credentials()) {
      const { authenticatorId } = this;
      await this.session.send('WebAuthn.removeCredential', { authenticatorId, credentialId: credential.credentialId });
      await this.session.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credential, signCount } });
    }
  }

  private async credentials() {
    const { credentials } = await this.session.send('WebAuthn.getCredentials', { authenticatorId: this.authenticatorId });
    return credentials;
  }
}

// An Express application that lets in whoever brings an access token that Doorward made for it.
import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const issuer = process.env.DOORWARD_URL; // https://id.example.org
const audience = process.env.AUDIENCE; // one of tokens.audiences
const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));

async function signedIn(request, response, next) {
  const [, token] = /^Bearer (\S+)$/.exec(request.get('authorization') ?? '') ?? [];
  try {
    // The algorithm and the type are fixed here, and never taken from the token (RFC 8725).
    const expected = { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'], requiredClaims: ['sub', 'sid'] };
    // Two clocks may differ by so many seconds.
    const { payload } = await jwtVerify(token ?? '', keys, { ...expected, clockTolerance: 30 });
    request.claims = payload;
    next();
  } catch {
    response.set('WWW-Authenticate', 'Bearer').status(401).json({ error: 'Sign in first' });
  }
}

const app = express();
app.get('/orders', signedIn, (request, response) => response.json({ of: request.claims.sub, orders: [] }));
app.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready'));

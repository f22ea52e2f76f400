/** SHA-512 (FIPS 180-4) of R, A and the message, each where it lies. */

const ROUNDS: usize = memory.data<u64>([
  0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538, 0x59f111f1b605d019,
  0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
  0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3,
  0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65, 0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
  0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
  0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
  0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b, 0xa2bfe8a14cf10364, 0xa81a664bbc423001,
  0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
  0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb,
  0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
  0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c, 0xd186b8c721c0c207,
  0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
  0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a,
  0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
]);
const START: usize = memory.data<u64>([
  0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
  0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
]);
const SCHEDULE: usize = memory.data(80 * 8, 16);
const LAST: usize = memory.data(256, 16);

/** Writes the 64 bytes of the hash of 32 bytes, 32 more, and a message. */
export function sha512(hash: usize, first: usize, second: usize, message: usize, count: usize): void {
  memory.copy(hash, START, 64);
  memory.copy(LAST, first, 32);
  memory.copy(LAST + 32, second, 32);
  // Blocks: the first with both, then straight from the message, then what is left with the padding.
  let at: usize = 0;
  let filled: usize = 64;
  if (count >= 64) {
    memory.copy(LAST + 64, message, 64);
    compress(hash, LAST);
    for (at = 64; count - at >= 128; at += 128) compress(hash, message + at);
    filled = 0;
  }
  memory.copy(LAST + filled, message + at, count - at);
  filled += count - at;
  const padded: usize = filled < 112 ? 128 : 256;
  memory.fill(LAST + filled, 0, padded - filled);
  store<u8>(LAST + filled, 0x80);
  store<u64>(LAST + padded - 8, bswap<u64>(<u64>(64 + count) << 3));
  compress(hash, LAST);
  if (padded == 256) compress(hash, LAST + 128);
  for (let i: usize = 0; i < 64; i += 8) store<u64>(hash + i, bswap<u64>(load<u64>(hash + i)));
}

@inline
function bigSigma0(x: u64): u64 {
  return rotr<u64>(x, 28) ^ rotr<u64>(x, 34) ^ rotr<u64>(x, 39);
}

@inline
function bigSigma1(x: u64): u64 {
  return rotr<u64>(x, 14) ^ rotr<u64>(x, 18) ^ rotr<u64>(x, 41);
}

@inline
function smallSigma0(x: u64): u64 {
  return rotr<u64>(x, 1) ^ rotr<u64>(x, 8) ^ (x >> 7);
}

@inline
function smallSigma1(x: u64): u64 {
  return rotr<u64>(x, 19) ^ rotr<u64>(x, 61) ^ (x >> 6);
}

/** What a round adds: h, of which the caller has taken care, aside. */
@inline
function roundSum(e: u64, f: u64, g: u64, at: usize): u64 {
  return bigSigma1(e) + (g ^ (e & (f ^ g))) + load<u64>(ROUNDS + at) + load<u64>(SCHEDULE + at);
}

@inline
function majority(a: u64, b: u64, c: u64): u64 {
  return (a & b) | (c & (a | b));
}

function compress(state: usize, block: usize): void {
  for (let i: usize = 0; i < 128; i += 8) store<u64>(SCHEDULE + i, bswap<u64>(load<u64>(block + i)));
  for (let i: usize = 128; i < 640; i += 8) {
    const w2 = load<u64>(SCHEDULE + i - 16);
    const w15 = load<u64>(SCHEDULE + i - 120);
    const w = smallSigma1(w2) + load<u64>(SCHEDULE + i - 56) + smallSigma0(w15) + load<u64>(SCHEDULE + i - 128);
    store<u64>(SCHEDULE + i, w);
  }
  let a = load<u64>(state);
  let b = load<u64>(state, 8);
  let c = load<u64>(state, 16);
  let d = load<u64>(state, 24);
  let e = load<u64>(state, 32);
  let f = load<u64>(state, 40);
  let g = load<u64>(state, 48);
  let h = load<u64>(state, 56);
  // Eight rounds a turn, after which every variable is back in its place.
  for (let i: usize = 0; i < 640; i += 64) {
    h += roundSum(e, f, g, i);
    d += h;
    h += bigSigma0(a) + majority(a, b, c);
    g += roundSum(d, e, f, i + 8);
    c += g;
    g += bigSigma0(h) + majority(h, a, b);
    f += roundSum(c, d, e, i + 16);
    b += f;
    f += bigSigma0(g) + majority(g, h, a);
    e += roundSum(b, c, d, i + 24);
    a += e;
    e += bigSigma0(f) + majority(f, g, h);
    d += roundSum(a, b, c, i + 32);
    h += d;
    d += bigSigma0(e) + majority(e, f, g);
    c += roundSum(h, a, b, i + 40);
    g += c;
    c += bigSigma0(d) + majority(d, e, f);
    b += roundSum(g, h, a, i + 48);
    f += b;
    b += bigSigma0(c) + majority(c, d, e);
    a += roundSum(f, g, h, i + 56);
    e += a;
    a += bigSigma0(b) + majority(b, c, d);
  }
  store<u64>(state, load<u64>(state) + a);
  store<u64>(state, load<u64>(state, 8) + b, 8);
  store<u64>(state, load<u64>(state, 16) + c, 16);
  store<u64>(state, load<u64>(state, 24) + d, 24);
  store<u64>(state, load<u64>(state, 32) + e, 32);
  store<u64>(state, load<u64>(state, 40) + f, 40);
  store<u64>(state, load<u64>(state, 48) + g, 48);
  store<u64>(state, load<u64>(state, 56) + h, 56);
}
